package io.evenkeel.core.secagg;

/** Says why an aggregation cannot go on: with this device, or at all. Nothing of it may then enter any state. */
public final class SecAggException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message what is wrong */
    public SecAggException(String message) {
        super(message);
    }

    SecAggException(String message, Throwable cause) {
        super(message, cause);
    }
}
