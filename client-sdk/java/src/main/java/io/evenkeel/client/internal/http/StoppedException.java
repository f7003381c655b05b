package io.evenkeel.client.internal.http;

/** Thrown inside the client if it was stopped while it waited; the training then returns. */
public final class StoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StoppedException() {
        super("the device was stopped", null, false, false);
    }
}
