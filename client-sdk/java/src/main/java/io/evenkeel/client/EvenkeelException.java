package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/** A device cannot go on. The message says what was wrong and what to do now; the device's saved state is whole. */
public class EvenkeelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Says what was wrong and what to do now. */
    public EvenkeelException(String message) {
        super(message);
    }

    /** Says what was wrong and what to do now, and what it came from. */
    public EvenkeelException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
