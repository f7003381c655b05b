package io.evenkeel.client.internal.http;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Request;

/** An answer has more bytes than it can have by the plan. */
public final class ResponseTooLongException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** Names the request and the limit in bytes. */
    public ResponseTooLongException(Request request, long limit) {
        super("the answer to " + request + " is longer than the " + limit
                + " bytes it can have: check that the endpoint is an Evenkeel coordinator");
    }
}
