package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if the coordinator's data in secure aggregation could reveal the device's message, such as replaced keys or a
 * cohort that is too small. The device has revealed nothing. The message describes the finding; train again only after
 * its cause is known.
 */
public class SecureAggregationException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception; the message describes the finding. */
    public SecureAggregationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
