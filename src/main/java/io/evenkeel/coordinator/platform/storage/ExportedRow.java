package io.evenkeel.coordinator.platform.storage;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;

/** A row of an {@link ExportedTable}. */
public final class ExportedRow {

    private static final byte[] NOTHING = {};

    private final ExportedTable table;
    private final @Nullable Object[] values;

    /**
     * Creates a row.
     *
     * @param values one value for each column of the table; not copied
     */
    public ExportedRow(ExportedTable table, @Nullable Object[] values) {
        this.table = table;
        this.values = values;
    }

    /** Returns the value of a column, null if there is none. */
    public @Nullable Object get(String column) {
        return values[table.index(column)];
    }

    /** Returns a copy of this row with another value. */
    public ExportedRow with(String column, Object value) {
        @Nullable Object[] changed = values.clone();
        changed[table.index(column)] = value;
        return new ExportedRow(table, changed);
    }

    /** Returns an integer, -1 if there is none. */
    public long whole(String column) {
        return get(column) instanceof Long number ? number : -1;
    }

    /**
     * Returns a required integer.
     *
     * @throws DataIntegrityViolationException if there is none
     */
    public long requiredWhole(String column) {
        if (get(column) instanceof Long number) {
            return number;
        }
        throw new DataIntegrityViolationException(column + " has no value, expected an integer");
    }

    /**
     * Returns a required 32-bit integer.
     *
     * @throws DataIntegrityViolationException if there is none, or it is out of range
     */
    public int requiredInt(String column) {
        long number = requiredWhole(column);
        if (number != (int) number) {
            throw new DataIntegrityViolationException(column + " is " + number + ", expected a 32-bit integer");
        }
        return (int) number;
    }

    /**
     * Returns a required time.
     *
     * @throws DataIntegrityViolationException if there is none
     */
    public Instant requiredTime(String column) {
        if (get(column) instanceof OffsetDateTime time) {
            return time.toInstant();
        }
        throw new DataIntegrityViolationException(column + " has no value, expected a time");
    }

    /** Returns a text, empty if there is none. */
    public String text(String column) {
        return get(column) instanceof String text ? text : "";
    }

    /** Returns a floating-point number, NaN if there is none. */
    public double real(String column) {
        return get(column) instanceof Double number ? number : Double.NaN;
    }

    /** Returns the total number of bytes in the row's columns of bytes. */
    public long length() {
        long length = 0;
        for (Object value : values) {
            length += value instanceof byte[] some ? some.length : 0;
        }
        return length;
    }

    /** Returns bytes, not copied; empty if there are none. */
    public byte[] bytes(String column) {
        return get(column) instanceof byte[] some ? some : NOTHING;
    }

    /** Returns whether the text in a column is the name of an enum's constant. */
    public boolean isNamed(String column, Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants())
                .anyMatch(known -> known.name().equals(get(column)));
    }

    /**
     * Returns whether the row passes its table's check: it matches its digest if it has one, and its states
     * are known.
     */
    public boolean isSound() {
        return table.isSound(this);
    }
}
