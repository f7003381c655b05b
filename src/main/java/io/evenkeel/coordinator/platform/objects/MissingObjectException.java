package io.evenkeel.coordinator.platform.objects;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown if a row of the database names an object that is not in the store, or not as long as the row says. */
public final class MissingObjectException extends RuntimeException {

    private final transient @Nullable ObjectRange range;

    private MissingObjectException(String what, @Nullable ObjectRange range) {
        super(what);
        this.range = range;
    }

    /** Returns the exception for an object that is not there. */
    public static MissingObjectException of(ObjectRange range, String store) {
        return new MissingObjectException(
                "object " + range.name() + " is not in the object store (" + store + ")", range);
    }

    /** Returns the exception for an object that ends too early. */
    public static MissingObjectException tooShort(ObjectRange range, String store) {
        return new MissingObjectException(
                "object " + range.name() + " in the object store (" + store + ") ends before byte " + range.end()
                        + ", which a row names",
                range);
    }

    /** Returns the exception for a row with a text that names no object: the row is not the one that was written. */
    static MissingObjectException unreadable(String text) {
        return new MissingObjectException("a row names object '" + text + "', which is no object's name", null);
    }

    /** Returns the bytes that are missing; empty if the row is wrong, so that no object can be put back. */
    public Optional<ObjectRange> range() {
        return Optional.ofNullable(range);
    }
}
