package io.evenkeel.coordinator.platform.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;

/** The databases Evenkeel knows. */
public enum Dialect {
    H2("BINARY LARGE OBJECT", "FOR UPDATE"),
    POSTGRESQL("BYTEA", "FOR NO KEY UPDATE");

    private final String blob;
    private final String rowLock;

    Dialect(String blob, String rowLock) {
        this.blob = blob;
        this.rowLock = rowLock;
    }

    /**
     * Returns what a query ends with to lock its rows against changes. Foreign keys to them stay usable: somebody who writes a
     * model of a run for seconds does not keep messages out.
     */
    public String rowLock() {
        return rowLock;
    }

    /**
     * Returns the most bytes that a row's value can have. PostgreSQL makes no text longer than 1 GiB, and its driver may ask for
     * bytes as text, two digits a byte.
     */
    public long mostBytes() {
        return switch (this) {
            case H2 -> Long.MAX_VALUE;
            case POSTGRESQL -> (1L << 29) - (1 << 16);
        };
    }

    /** Returns the column type for bytes of any length. */
    public String blob() {
        return blob;
    }

    /** Tells whether several coordinators can work on one database of this kind; an H2 file belongs to one process. */
    public boolean isShared() {
        return this == POSTGRESQL;
    }

    /**
     * Asks the database what it is.
     *
     * @throws IllegalStateException if it is none of these, or cannot be reached
     */
    static Dialect of(DataSource source) {
        try (Connection connection = source.getConnection()) {
            String product = connection.getMetaData().getDatabaseProductName();
            for (Dialect dialect : values()) {
                if (dialect.name().equals(product.toUpperCase(Locale.ROOT))) {
                    return dialect;
                }
            }
            throw new IllegalStateException(
                    "the database is " + product + ", expected H2 or PostgreSQL: correct spring.datasource.url");
        } catch (SQLException e) {
            throw new IllegalStateException("the database of spring.datasource.url cannot be reached", e);
        }
    }
}
