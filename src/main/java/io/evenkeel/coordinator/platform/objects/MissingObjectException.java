package io.evenkeel.coordinator.platform.objects;

/** Thrown if a row of the database names an object that is not in the store, or not as long as the row says. */
public final class MissingObjectException extends RuntimeException {

    /** @param what which object, as the beginning of a sentence */
    public MissingObjectException(String what) {
        super(what);
    }

    /** Returns the exception for an object that is not there. */
    public static MissingObjectException of(ObjectRange range, String store) {
        return new MissingObjectException("object " + range.name() + " is not in the object store (" + store + ")");
    }

    /** Returns the exception for an object that ends too early. */
    public static MissingObjectException tooShort(ObjectRange range, String store) {
        return new MissingObjectException("object " + range.name() + " in the object store (" + store
                + ") ends before byte " + range.end() + ", which a row names");
    }
}
