package io.evenkeel.coordinator.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reports settings of a database and locations of its files that can lose acknowledged messages, with advice. Performs
 * no I/O.
 */
final class DurabilityRules {

    /** File systems in memory. */
    private static final Set<String> VOLATILE = Set.of("tmpfs", "ramfs");

    /** File systems that do not protect H2's file from other processes, or do not write it reliably. */
    private static final Set<String> REMOTE =
            Set.of("nfs", "nfs4", "cifs", "smb2", "smb3", "9p", "fuse.sshfs", "fuse.s3fs");

    private DurabilityRules() {}

    /**
     * Settings of PostgreSQL, as the coordinator's role sees them.
     *
     * @param fsync whether PostgreSQL forces writes to disk
     * @param synchronousCommit the setting {@code synchronous_commit}, such as {@code on} or {@code local}
     * @param synchronousStandbys the setting {@code synchronous_standby_names}
     * @param standbys the number of standbys that are connected
     */
    record Postgres(boolean fsync, String synchronousCommit, String synchronousStandbys, int standbys) {}

    /** Returns a warning for each setting that can lose messages. */
    static List<String> of(Postgres settings) {
        List<String> warnings = new ArrayList<>();
        if (!settings.fsync) {
            warnings.add("PostgreSQL's fsync is off: a power failure loses acknowledged messages and can damage the"
                    + " database; set fsync = on in postgresql.conf");
        }
        if (settings.synchronousCommit.equals("off")) {
            warnings.add("PostgreSQL's synchronous_commit is off: a crash loses the messages that were acknowledged"
                    + " last; set it to on for the server, the database and the role");
        }
        boolean waits = !settings.synchronousStandbys.isBlank()
                && !settings.synchronousCommit.equals("off")
                && !settings.synchronousCommit.equals("local");
        if (settings.standbys > 0 && !waits) {
            warnings.add("PostgreSQL has standbys (" + settings.standbys + ") but no commit waits for one: if one takes"
                    + " over, acknowledged messages can be lost; set synchronous_standby_names and"
                    + " synchronous_commit = on, or synchronous_mode of Patroni");
        }
        return warnings;
    }

    /**
     * Returns a warning if the database's file can be lost or damaged at its location.
     *
     * @param fileSystem the type of the path's file system, such as {@code ext4}
     */
    static List<String> ofDatabase(String path, String fileSystem) {
        if (VOLATILE.contains(fileSystem)) {
            return List.of("the database's file is in memory (" + path + " is on " + fileSystem
                    + "), so a restart of the machine loses everything; move it to a disk");
        }
        if (REMOTE.contains(fileSystem)) {
            return List.of("the database's file is on a network file system (" + path + " is on " + fileSystem
                    + "), where H2 can damage it; move it to a local disk, or use PostgreSQL");
        }
        return List.of();
    }

    /** Returns a warning if the object store's folder can be lost at its location. */
    static List<String> ofObjects(String path, String fileSystem) {
        return VOLATILE.contains(fileSystem)
                ? List.of("the object store is in memory (" + path + " is on " + fileSystem
                        + "), so a restart of the machine loses models and messages; move it to a disk")
                : List.of();
    }
}
