package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the coordinator was unreachable or too busy for longer than the configured time. The next
 * training continues where this one stopped.
 */
public class DeadlineException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception; the message names the request, the time spent and the last failure. */
    public DeadlineException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
