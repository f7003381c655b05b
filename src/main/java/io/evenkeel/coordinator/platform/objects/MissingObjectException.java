package io.evenkeel.coordinator.platform.objects;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a row refers to an object that is not in the store, or that is shorter than the row indicates.
 */
public final class MissingObjectException extends RuntimeException {

    private final transient @Nullable ObjectRange range;

    private MissingObjectException(String what, @Nullable ObjectRange range) {
        super(what);
        this.range = range;
    }

    /** Returns the exception for a missing object. */
    public static MissingObjectException of(ObjectRange range, String store) {
        return new MissingObjectException(
                "object " + range.name() + " is not in the object store (" + store + ")", range);
    }

    /** Returns the exception for an object that ends early. */
    public static MissingObjectException tooShort(ObjectRange range, String store) {
        return new MissingObjectException(
                "object " + range.name() + " in the object store (" + store + ") ends before byte " + range.end()
                        + ", which a row refers to",
                range);
    }

    /** Returns the exception for a row whose text is not the name of an object. Such a row is damaged. */
    static MissingObjectException unreadable(String text) {
        return new MissingObjectException(
                "a row refers to object '" + text + "', which is not the name of an object", null);
    }

    /** Returns the missing range; empty if the row is damaged, because then no object can be restored. */
    public Optional<ObjectRange> range() {
        return Optional.ofNullable(range);
    }
}
