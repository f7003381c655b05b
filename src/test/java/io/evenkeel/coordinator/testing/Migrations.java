package io.evenkeel.coordinator.testing;

import io.evenkeel.coordinator.platform.storage.Dialect;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;

/** Databases at a version of the schema. */
public final class Migrations {

    public static final String NEWEST = "latest";

    private Migrations() {}

    public static void migrate(DataSource source, Dialect dialect, String target) {
        Flyway.configure()
                .dataSource(source)
                .placeholders(Map.of("blob", dialect.blob()))
                .target(target)
                .load()
                .migrate();
    }

    /** Adds a run with the key 1. */
    public static void insertRun(DataSource source) {
        new JdbcTemplate(source)
                .update(
                        "INSERT INTO run (id, name, definition, state, closing, round_number, created_at, accepted, extended,"
                                + " stationary) VALUES (1, 'r', '{}', 'RUNNING', FALSE, 0, CURRENT_TIMESTAMP, 0, 0, FALSE)");
    }
}
