package io.evenkeel.core.secagg;

/** Thrown if an aggregation cannot continue, with this device or at all. Its data must then not change any state. */
public final class SecAggException extends Exception {

    private static final long serialVersionUID = 1L;

    /** @param message the description of the error */
    public SecAggException(String message) {
        super(message);
    }

    SecAggException(String message, Throwable cause) {
        super(message, cause);
    }
}
