package io.evenkeel.client.internal.http;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Request;

/** Thrown if a response is longer than the run's plan allows. */
public final class ResponseTooLongException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception whose message names the request and the limit in bytes. */
    public ResponseTooLongException(Request request, long limit) {
        super("the response to " + request + " is longer than the " + limit
                + " bytes allowed: check that the endpoint is an Evenkeel coordinator");
    }
}
