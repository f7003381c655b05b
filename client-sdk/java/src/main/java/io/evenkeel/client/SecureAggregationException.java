package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the coordinator's data in secure aggregation could reveal the device's message, such as replaced keys or a
 * cohort that is too small. The device has revealed nothing. The message says what was found; train again only when it
 * is explained.
 */
public class SecureAggregationException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception; the message says what was found. */
    public SecureAggregationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
