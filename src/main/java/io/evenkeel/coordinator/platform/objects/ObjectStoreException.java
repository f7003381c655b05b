package io.evenkeel.coordinator.platform.objects;

import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Thrown if the object store cannot be reached, is full, or refuses access. Like a failure of the database it is temporary: requests get
 * 503, and background work is repeated.
 */
public final class ObjectStoreException extends DataAccessResourceFailureException {

    /**
     * @param store which store, such as {@code folder /data/evenkeel.objects}
     * @param what what could not be done
     */
    public ObjectStoreException(String store, String what, Throwable cause) {
        super("the object store (" + store + ") could not " + what + ": " + reason(cause), cause);
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
