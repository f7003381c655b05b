package io.evenkeel.coordinator.platform.storage;

import java.nio.file.Path;

/** Thrown if the database's file cannot be used, before anything has opened it. */
final class DatabaseFileException extends RuntimeException {

    DatabaseFileException(Path file, String what) {
        super("The database file " + file + " " + what);
    }
}
