package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/** The device's saved state cannot be read or written: damaged, in use by another process, or the disk is full. */
public class StateException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** Says which file, what was wrong with it, and what to do now. */
    public StateException(String message) {
        super(message);
    }

    /** Says which file, what was wrong with it and what to do now, and what it came from. */
    public StateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
