package io.evenkeel.coordinator.platform.storage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A column of an {@link ExportedTable}.
 *
 * @param name its name in export files and in its table
 * @param type the type of its values
 * @param expression the expression for the column in the table's query
 */
public record ExportedColumn(String name, Type type, String expression) {

    /** The type of a column's values. */
    public enum Type {
        /** A {@link Long}. */
        WHOLE,
        /** A {@link Double}. */
        REAL,
        /** A {@link Boolean}. */
        FLAG,
        /** A {@link String}. */
        TEXT,
        /** An {@link OffsetDateTime}. */
        TIME,
        /** A {@code byte[]}. */
        BYTES
    }

    /** Returns a column of integers. */
    public static ExportedColumn whole(String name) {
        return of(name, Type.WHOLE);
    }

    /** Returns a column of floating-point numbers. */
    public static ExportedColumn real(String name) {
        return of(name, Type.REAL);
    }

    /** Returns a column of booleans. */
    public static ExportedColumn flag(String name) {
        return of(name, Type.FLAG);
    }

    /** Returns a column of text. */
    public static ExportedColumn text(String name) {
        return of(name, Type.TEXT);
    }

    /** Returns a column of times. */
    public static ExportedColumn time(String name) {
        return of(name, Type.TIME);
    }

    /** Returns a column of bytes of any length. */
    public static ExportedColumn bytes(String name) {
        return of(name, Type.BYTES);
    }

    /** Returns a column of bytes that may be in the object store. */
    public static ExportedColumn stored(String name) {
        return new ExportedColumn(name, Type.BYTES, "t." + name + ", t." + name + StoredBytes.RANGE);
    }

    private static ExportedColumn of(String name, Type type) {
        return new ExportedColumn(name, type, "t." + name);
    }

    /**
     * Returns a copy of this column that is read from another table in the query; for bytes, the expression
     * must include their range.
     */
    public ExportedColumn from(String joined) {
        return new ExportedColumn(name, type, joined);
    }

    /** Returns whether this is a column of the exported table itself. */
    boolean isOwn() {
        return expression.equals("t." + name) || expression.startsWith("t." + name + ",");
    }

    /** Returns whether the value may be in the object store. */
    boolean isStored() {
        return type == Type.BYTES && expression.endsWith(StoredBytes.RANGE);
    }

    /** Returns the expression for the location of a stored value in the table's query. */
    String range() {
        return expression.substring(expression.indexOf(',') + 1);
    }

    /** Returns how many columns of the query this column takes. */
    int width() {
        return isStored() ? 2 : 1;
    }

    /** Reads a value from a row of the query. */
    @Nullable
    Object read(ResultSet row, int index, StoredBytes bytes) throws SQLException {
        if (isStored()) {
            return bytes.read(row, index);
        }
        Object value = switch (type) {
            case WHOLE -> row.getLong(index);
            case REAL -> row.getDouble(index);
            case FLAG -> row.getBoolean(index);
            case TEXT -> row.getString(index);
            case TIME -> row.getObject(index, OffsetDateTime.class);
            case BYTES -> Blobs.read(row, index);
        };
        return row.wasNull() ? null : value;
    }
}
