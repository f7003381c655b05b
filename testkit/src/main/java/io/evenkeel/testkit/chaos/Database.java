package io.evenkeel.testkit.chaos;

import java.util.List;
import java.util.OptionalLong;

/** The coordinators' database. Thread-safe. */
interface Database {

    /** Returns the arguments with which a coordinator keeps its data here. */
    List<String> arguments();

    /** Returns the environment variables, NAME=VALUE, with which it does. */
    List<String> secrets();

    /** Returns the process of the coordinator that moves the run on; empty if there is none, or no choice. */
    OptionalLong holder();

    /** Removes everything. No coordinator may be running. */
    void drop();
}
