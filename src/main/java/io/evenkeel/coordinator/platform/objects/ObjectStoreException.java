package io.evenkeel.coordinator.platform.objects;

import java.util.regex.Pattern;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Thrown if the object store cannot be reached, is full, or refuses access. Like a failure of the database it is temporary: requests get
 * 503, and background work is repeated.
 */
public final class ObjectStoreException extends DataAccessResourceFailureException {

    /** What Linux, Windows, Amazon S3 and MinIO say of a store without room. */
    private static final Pattern NO_ROOM =
            Pattern.compile("(?i)no space left|quota exceeded|not enough space|status code: 507");

    private final boolean full;

    /**
     * @param store which store, such as {@code folder /data/evenkeel.objects}
     * @param what what could not be done
     */
    public ObjectStoreException(String store, String what, Throwable cause) {
        this(store, what, cause, NO_ROOM.matcher(reason(cause)).find());
    }

    /** @param full whether the store has no room left */
    ObjectStoreException(String store, String what, Throwable cause, boolean full) {
        super(
                "the object store (" + store + ") " + (full ? "is full: it " : "") + "could not " + what + ": "
                        + reason(cause),
                cause);
        this.full = full;
    }

    /** Returns whether the store has no room left, so that what is in it can be read but nothing be written. */
    public boolean isFull() {
        return full;
    }

    private static String reason(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
