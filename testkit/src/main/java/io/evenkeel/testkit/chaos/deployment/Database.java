package io.evenkeel.testkit.chaos.deployment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The coordinators' database. Thread-safe. */
interface Database {

    /** Returns the arguments that make a coordinator use this database. */
    List<String> arguments();

    /** Returns the environment variables for it, NAME=VALUE. */
    List<String> secrets();

    /**
     * Returns the process of the coordinator that holds the run's lease; empty if none does or there is only
     * one coordinator.
     */
    OptionalLong holder();

    /**
     * Returns the folder in which coordinators keep objects unless an option says otherwise; null if it is
     * the database.
     */
    default @Nullable Path objects() {
        return null;
    }

    /** Copies all rows, replacing the previous copy. No coordinator may be running. */
    void backUp() throws IOException;

    /** Replaces all rows with those of the last copy. No coordinator may be running. */
    void restore() throws IOException;

    /** Deletes all data and the copy. No coordinator may be running. */
    void drop();
}
