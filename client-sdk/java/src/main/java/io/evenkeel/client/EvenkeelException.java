package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a device cannot continue. The message says what is wrong and what to do; the device's saved state
 * is consistent.
 */
public class EvenkeelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception; the message says what is wrong and what to do. */
    public EvenkeelException(String message) {
        super(message);
    }

    /** Creates an exception with a cause; the message says what is wrong and what to do. */
    public EvenkeelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
