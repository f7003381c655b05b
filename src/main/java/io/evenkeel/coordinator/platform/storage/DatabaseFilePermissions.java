package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes H2's folder and files accessible only to their owner, because they contain messages and models. H2
 * creates them with the process's umask, which usually makes them readable by all users. A folder that
 * contains other files keeps its permissions. Does nothing on file systems without POSIX permissions.
 */
final class DatabaseFilePermissions {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseFilePermissions.class);
    private static final String SUFFIX = ".mv.db";

    private final Path file;
    private final Path folder;

    /** @param file the absolute path of the database's file */
    DatabaseFilePermissions(Path file) {
        this.file = file;
        this.folder = file.resolveSibling("");
    }

    /** Creates the folder if it does not exist. Does not report a failure, because H2 does. */
    void createFolder() {
        if (Files.exists(folder) || !PrivateFiles.isPosix()) {
            return;
        }
        try {
            PrivateFiles.createFolder(folder);
        } catch (IOException e) {
            LOG.debug("The folder {} cannot be created", folder, e);
        }
    }

    /** Removes the permissions of other users from the folder and from all files of the database. */
    void mend() {
        if (!PrivateFiles.isPosix()) {
            return;
        }
        String prefix = nameOf(file).replace(SUFFIX, ".");
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> all = entries.toList();
            List<Path> ours = all.stream()
                    .filter(path -> nameOf(path).startsWith(prefix) && Files.isRegularFile(path))
                    .toList();
            ours.forEach(path -> restrict(path, PrivateFiles.FILE));
            if (!ours.isEmpty() && ours.size() == all.size()) {
                restrict(folder, PrivateFiles.FOLDER);
            }
        } catch (IOException e) {
            LOG.warn("The permissions of the database's folder {} cannot be checked", folder, e);
        }
    }

    private static String nameOf(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static void restrict(Path path, Set<PosixFilePermission> allowed) {
        try {
            Set<PosixFilePermission> found = Files.getPosixFilePermissions(path);
            if (!allowed.containsAll(found)) {
                Files.setPosixFilePermissions(path, allowed);
                LOG.info(
                        "Made {} accessible to its owner alone; its permissions were {}",
                        path,
                        PosixFilePermissions.toString(found));
            }
        } catch (IOException e) {
            LOG.warn("{} is accessible to users other than its owner, which cannot be changed", path, e);
        }
    }
}
