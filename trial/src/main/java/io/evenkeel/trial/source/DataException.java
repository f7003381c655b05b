package io.evenkeel.trial.source;

import java.nio.file.Path;

/** Thrown if data cannot be used; names the file and the place in it. */
public final class DataException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** The message is complete: what is wrong, where, and what to do. */
    public DataException(String message) {
        super(message);
    }

    /** The cause is why a file could not be read. */
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
