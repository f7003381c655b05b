package io.evenkeel.coordinator.platform.objects;

import java.util.regex.Pattern;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Thrown if the object store cannot be reached, is full, or refuses access. Like a database failure, this is
 * temporary: requests get 503, and background work is repeated.
 */
public final class ObjectStoreException extends DataAccessResourceFailureException {

    /** The error messages of Linux, Windows, Amazon S3 and MinIO for a full store. */
    private static final Pattern NO_ROOM =
            Pattern.compile("(?i)no space left|quota exceeded|not enough space|status code: 507");

    private final boolean full;

    /**
     * @param store the store, such as {@code folder /data/evenkeel.objects}
     * @param what the failed operation
     */
    public ObjectStoreException(String store, String what, Throwable cause) {
        this(store, what, cause, NO_ROOM.matcher(reason(cause)).find());
    }

    /** @param full whether the store is full */
    ObjectStoreException(String store, String what, Throwable cause, boolean full) {
        super(
                "the object store (" + store + ") " + (full ? "is full: it " : "") + "could not " + what + ": "
                        + reason(cause),
                cause);
        this.full = full;
    }

    /** Returns whether the store is full, so that its objects can be read but nothing can be written. */
    public boolean isFull() {
        return full;
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
