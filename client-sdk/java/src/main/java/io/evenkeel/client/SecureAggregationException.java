package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if what the coordinator sent in secure aggregation could reveal the device's message, such as keys that were replaced or a cohort
 * that is too small. The device has revealed nothing for it. The message says what was seen; train again only when it is explained.
 */
public class SecureAggregationException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception; the message says what was seen. */
    public SecureAggregationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
