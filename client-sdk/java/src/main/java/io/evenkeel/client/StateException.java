package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the device's saved state cannot be read or written: it is damaged or in use by another process,
 * or the disk is full.
 */
public class StateException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception; the message names the file, what is wrong and what to do. */
    public StateException(String message) {
        super(message);
    }

    /** Creates an exception with a cause; the message names the file, what is wrong and what to do. */
    public StateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
