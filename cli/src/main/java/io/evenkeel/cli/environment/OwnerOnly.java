package io.evenkeel.cli.environment;

import java.nio.file.FileSystems;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** The attributes of new files and folders that only their owner can use; none on file systems without POSIX modes. */
public final class OwnerOnly {

    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private OwnerOnly() {}

    public static FileAttribute<?>[] file() {
        return of("rw-------");
    }

    public static FileAttribute<?>[] folder() {
        return of("rwx------");
    }

    private static FileAttribute<?>[] of(String mode) {
        return POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }
}
