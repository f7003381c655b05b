package io.evenkeel.client.internal.http;

/** The device was told to stop while it waited. Never leaves the client: training returns. */
public final class StoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    StoppedException() {
        super("the device was told to stop", null, false, false);
    }
}
