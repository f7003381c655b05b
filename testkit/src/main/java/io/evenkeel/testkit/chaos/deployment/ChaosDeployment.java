package io.evenkeel.testkit.chaos.deployment;

import io.evenkeel.testkit.chaos.proxy.FaultyStore;
import io.evenkeel.tools.terminal.CommandFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The coordinators of a chaos test and their database.
 *
 * @param database their database
 * @param replicas the number of coordinators; more than one only on PostgreSQL
 * @param options further arguments of the coordinators
 * @param restart restarts the database, or null if it is not restarted
 * @param store the S3 store that can be disturbed, or null if {@code options} determine the object store
 * @param restores restores the coordinators from backups, or null if they are not restored
 */
public record ChaosDeployment(
        Database database,
        int replicas,
        List<String> options,
        @Nullable Restart restart,
        @Nullable FaultyStore store,
        @Nullable Restores restores) {

    private static final String FOLDER = "--evenkeel.storage.folder=";

    /**
     * The restores of a test.
     *
     * @param times the number of times that the coordinators are restored from a backup; these restores count as kills
     * @param objects the folder of the objects; null if objects are in the database
     */
    public record Restores(int times, @Nullable Path objects) {}

    /** A deployment whose object store is not disturbed, and which is not restored. */
    public ChaosDeployment(Database database, int replicas, List<String> options, @Nullable Restart restart) {
        this(database, replicas, options, restart, null, null);
    }

    /** Returns the same deployment with its objects in a folder. */
    public ChaosDeployment objectsIn(Path folder) {
        List<String> more = new ArrayList<>(options);
        more.add(FOLDER + folder);
        return new ChaosDeployment(database, replicas, more, restart, store, restores);
    }

    /** Returns the same deployment with a number of restores from backups. */
    public ChaosDeployment restored(int times) {
        return new ChaosDeployment(database, replicas, options, restart, store, new Restores(times, objects()));
    }

    private @Nullable Path objects() {
        for (String option : options) {
            if (option.startsWith(FOLDER)) {
                return Path.of(option.substring(FOLDER.length()));
            }
        }
        return options.contains("--evenkeel.storage.kind=database") ? null : database.objects();
    }

    /** Returns the same deployment with its objects in an S3 store. */
    public ChaosDeployment with(FaultyStore other) {
        return new ChaosDeployment(database, replicas, options, restart, other, restores);
    }

    /** Restarts the database. */
    @FunctionalInterface
    public interface Restart {

        /** The share of the kills that restart the database, unless a test says otherwise. */
        int ONE_IN = 20;

        /** Restarts the database; returns when it accepts connections or soon will. */
        void run() throws Exception;

        /** Returns the number of database restarts in a test with this number of kills; the restarts count as kills. */
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
        H2Folder database = new H2Folder(folder.resolve("coordinator"));
        return new ChaosDeployment(database, 1, List.of(), null, null, null);
    }
}
