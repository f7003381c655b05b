package io.evenkeel.coordinator.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;

/** The databases Evenkeel knows. */
enum Dialect {
    H2("BINARY LARGE OBJECT"),
    POSTGRESQL("BYTEA");

    private final String blob;

    Dialect(String blob) {
        this.blob = blob;
    }

    /** Returns the column type for bytes of any length. */
    String blob() {
        return blob;
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
