package io.evenkeel.coordinator.platform.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.springframework.transaction.TransactionDefinition;

/** The supported databases and the differences in their SQL. */
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
     * Returns the clause to append to a query so that it locks its rows against changes. Rows that refer to
     * the locked ones can still be inserted, so a transaction that takes seconds to write a run's model does
     * not block messages.
     */
    public String rowLock() {
        return rowLock;
    }

    /**
     * Returns the clause to append to a query so that it locks its rows and skips rows that others have
     * locked. With this clause, several coordinators can each take some rows from a queue.
     */
    public String rowLockOfFree() {
        return rowLock + " SKIP LOCKED";
    }

    /**
     * Returns the isolation level at which a transaction sees all tables as they were at its first statement.
     * With REPEATABLE READ, H2 would show each table as it was when the transaction first read that table.
     */
    int snapshotIsolation() {
        return switch (this) {
            case H2 -> TransactionDefinition.ISOLATION_SERIALIZABLE;
            case POSTGRESQL -> TransactionDefinition.ISOLATION_REPEATABLE_READ;
        };
    }

    /**
     * Returns the maximum number of bytes of a value. PostgreSQL limits text to 1 GiB, and its driver may
     * read bytes as text with two digits per byte.
     */
    public long maximumBytes() {
        return switch (this) {
            case H2 -> Long.MAX_VALUE;
            case POSTGRESQL -> (1L << 29) - (1 << 16);
        };
    }

    /** Returns the statement that deletes rows that meet a condition, up to a limit, in any order. */
    public String deletion(String table, String condition, int limit) {
        return switch (this) {
            case H2 -> "DELETE FROM " + table + " WHERE " + condition + " FETCH FIRST " + limit + " ROWS ONLY";
            case POSTGRESQL ->
                "DELETE FROM " + table + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + table + " WHERE " + condition
                        + " LIMIT " + limit + "))";
        };
    }

    /** Returns the query that deletes rows as {@link #deletion} does and returns some of their columns. */
    String deletionReturning(String table, String condition, int limit, List<String> columns) {
        String deletion = deletion(table, condition, limit);
        String returned = String.join(", ", columns);
        return switch (this) {
            case H2 -> "SELECT " + returned + " FROM OLD TABLE (" + deletion + ")";
            case POSTGRESQL -> deletion + " RETURNING " + returned;
        };
    }

    /**
     * Returns the query that deletes the rows whose keys are in an array and returns one of their columns.
     * The array is the query's only parameter.
     */
    public String deletionByKeys(String table, String key, String column) {
        String deletion = "DELETE FROM " + table + " WHERE " + key + " = ANY(CAST(? AS BIGINT ARRAY))";
        return switch (this) {
            case H2 -> "SELECT " + column + " FROM OLD TABLE (" + deletion + ")";
            case POSTGRESQL -> deletion + " RETURNING " + column;
        };
    }

    /** Returns the column type for bytes of any length. */
    public String blob() {
        return blob;
    }

    /**
     * Returns whether several coordinators can share a database of this kind; an H2 file belongs to one
     * process.
     */
    public boolean isShared() {
        return this == POSTGRESQL;
    }

    /**
     * Returns the dialect of a database.
     *
     * @throws IllegalStateException if it is not supported, or cannot be reached
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
