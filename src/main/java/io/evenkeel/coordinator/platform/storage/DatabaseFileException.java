package io.evenkeel.coordinator.platform.storage;

import java.nio.file.Path;

/** Thrown at startup if the database's file cannot be used. */
final class DatabaseFileException extends RuntimeException {

    DatabaseFileException(Path file, String what) {
        super("The database file " + file + " " + what);
    }
}
