package io.evenkeel.testkit.chaos;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What coordinators there are, and on what.
 *
 * @param database their database
 * @param replicas how many there are; more than one on PostgreSQL alone
 * @param options what else they are started with
 * @param restart restarts the database, if that is to happen
 */
record Deployment(
        Database database,
        int replicas,
        List<String> options,
        @Nullable Restart restart) {

    /** Restarts the database. */
    @FunctionalInterface
    interface Restart {

        /** Returns once it takes connections again, or soon will. */
        void run() throws Exception;
    }

    /** Returns one coordinator with an H2 database in a folder. */
    static Deployment onH2(Path folder) {
        return new Deployment(new H2Folder(folder.resolve("coordinator")), 1, List.of(), null);
    }
}
