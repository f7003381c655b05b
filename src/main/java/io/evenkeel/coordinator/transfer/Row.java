package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.platform.storage.RowDigest;
import io.evenkeel.core.wire.Digest;
import org.jspecify.annotations.Nullable;

/** A row of a table in the file. */
final class Row {

    private static final byte[] NOTHING = {};

    private final Part part;
    private final @Nullable Object[] values;

    /**
     * @param part the table
     * @param values a value for each of its columns; not copied
     */
    Row(Part part, @Nullable Object[] values) {
        this.part = part;
        this.values = values;
    }

    Part part() {
        return part;
    }

    @Nullable
    Object get(String column) {
        return values[part.index(column)];
    }

    /** Returns a whole number, -1 where there is none. */
    long whole(String column) {
        return get(column) instanceof Long number ? number : -1;
    }

    /** Returns a text, empty where there is none. */
    String text(String column) {
        return get(column) instanceof String text ? text : "";
    }

    /** Returns a real number, NaN where there is none. */
    double real(String column) {
        return get(column) instanceof Double number ? number : Double.NaN;
    }

    private byte[] bytes(String column) {
        return get(column) instanceof byte[] some ? some : NOTHING;
    }

    /** Tells whether the row's bytes are those that were first written, as far as it has a digest of them. */
    boolean isSound() {
        return switch (part) {
            case MESSAGE -> get("payload") == null || Digest.of(bytes("payload")) == whole("digest");
            case SNAPSHOT ->
                RowDigest.of(bytes("state"), whole("sequence"), whole("head"), whole("folded_to")) == whole("digest");
            case CHECKPOINT -> isSealed(bytes("state"));
            case UPDATE -> isSealed(bytes("data"));
            case RUN, TOKEN, CLIENT, MEMBER, RECORD -> true;
        };
    }

    private boolean isSealed(byte[] some) {
        return RowDigest.of((int) whole("round_number"), real("accumulated"), some) == whole("digest");
    }
}
