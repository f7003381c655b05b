package io.evenkeel.testkit.chaos.deployment;

import io.evenkeel.testkit.chaos.proxy.FaultyStore;
import io.evenkeel.tools.terminal.CommandFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The coordinators of a chaos test and their database.
 *
 * @param database their database
 * @param replicas the number of coordinators; more than one only on PostgreSQL
 * @param options further arguments of the coordinators
 * @param restart restarts the database, or null if it is not restarted
 * @param store the S3 store that can be disturbed, or null if objects are where {@code options} say
 */
public record ChaosDeployment(
        Database database,
        int replicas,
        List<String> options,
        @Nullable Restart restart,
        @Nullable FaultyStore store) {

    /** A deployment whose object store is not disturbed. */
    public ChaosDeployment(Database database, int replicas, List<String> options, @Nullable Restart restart) {
        this(database, replicas, options, restart, null);
    }

    /** Returns the same deployment with its objects in an S3 store. */
    public ChaosDeployment with(FaultyStore other) {
        return new ChaosDeployment(database, replicas, options, restart, other);
    }

    /** Restarts the database. */
    @FunctionalInterface
    public interface Restart {

        /** The share of the kills that restart the database, unless a test says otherwise. */
        int ONE_IN = 20;

        /** Restarts the database; returns when it accepts connections or soon will. */
        void run() throws Exception;

        /** Returns how often a test with a number of kills restarts the database; these restarts are among the kills. */
        default int times(int kills) {
            return Math.max(1, kills / ONE_IN);
        }

        /**
         * Restarts the database during a test.
         *
         * @throws CommandFailure if it fails
         */
        default void strike() throws InterruptedException {
            try {
                run();
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                throw new CommandFailure("the database cannot be restarted: " + e.getMessage(), e);
            }
        }
    }

    /** Returns a deployment of one coordinator with an H2 database in a folder. */
    public static ChaosDeployment onH2(Path folder) {
        return new ChaosDeployment(new H2Folder(folder.resolve("coordinator")), 1, List.of(), null);
    }

    /** An H2 database in a folder. One coordinator at a time can use it. */
    private record H2Folder(Path folder) implements Database {

        @Override
        public List<String> arguments() {
            return List.of("--evenkeel.data=" + folder);
        }

        @Override
        public List<String> secrets() {
            return List.of();
        }

        @Override
        public OptionalLong holder() {
            return OptionalLong.empty();
        }

        @Override
        public void drop() {
            // Nothing to do: the chaos test deletes the folder.
        }
    }
}
