package io.evenkeel.trial.source;

import java.nio.file.Path;

/** Thrown if data cannot be used; the message names the file and the position. */
public final class DataException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Creates an exception; the message says what is wrong, where, and what to do. */
    public DataException(String message) {
        super(message);
    }

    /** Creates an exception; the cause is the reason why a file could not be read. */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Reports a fault in a line.
     *
     * @param line from 1
     */
    public static DataException at(Path file, long line, String what) {
        return new DataException(file + ":" + line + ": " + what);
    }
}
