package io.evenkeel.client.http;

import io.evenkeel.client.error.EvenkeelException;

/** An answer has more bytes than it can have by the plan. */
public final class AnswerTooLongException extends EvenkeelException {

    private static final long serialVersionUID = 1L;

    AnswerTooLongException(Request request, long limit) {
        super("the answer to " + request + " is longer than the " + limit
                + " bytes it can have: check that the endpoint is an Evenkeel coordinator");
    }
}
