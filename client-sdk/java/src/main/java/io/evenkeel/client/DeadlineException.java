package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/** The coordinator could not be reached, or was too busy, for longer than the device is set to try. Training again goes on where it stopped. */
public class DeadlineException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** Says what was tried for how long, and what the last attempt ended with. */
    public DeadlineException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
