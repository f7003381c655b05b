package io.evenkeel.coordinator.platform.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.stereotype.Component;

/**
 * Upgrades the database's schema. Refuses a schema that a newer version has changed: Flyway would ignore the
 * changes, and this version would write rows that the newer one does not expect.
 *
 * <p>PostgreSQL undoes an interrupted migration, and the next start repeats it. H2 commits each statement
 * that changes tables. Therefore the migration of an empty H2 database starts over, and an H2 database with
 * content is refused with advice.
 */
@Component
final class SchemaMigration implements FlywayMigrationStrategy {

    private static final Set<MigrationState> FUTURE =
            EnumSet.of(MigrationState.FUTURE_SUCCESS, MigrationState.FUTURE_FAILED);
    private static final List<String> CONTENT = List.of(
            "operator_token", "access_token", "enrolment_token", "client", "run", "registered_model", "audit_entry");
    private static final String DOCUMENT = ": see \"Upgrade\" in docs/operations.md.";

    @Override
    public void migrate(Flyway flyway) {
        require(flyway.info().applied(), String.valueOf(newest(flyway)));
        DataSource database = flyway.getConfiguration().getDataSource();
        if (Dialect.of(database) == Dialect.H2) {
            migrateFile(flyway, database);
        } else {
            Flyway.configure()
                    .configuration(flyway.getConfiguration())
                    .dataSource(new Unhurried(database))
                    .load()
                    .migrate();
        }
    }

    private static void migrateFile(Flyway flyway, DataSource database) {
        boolean isNew = isWithoutContent(database);
        if (isNew && flyway.info().pending().length > 0) {
            // The first start may have been interrupted and have left some of the tables.
            Flyway.configure()
                    .configuration(flyway.getConfiguration())
                    .cleanDisabled(false)
                    .load()
                    .clean();
        }
        try {
            flyway.migrate();
        } catch (FlywayException e) {
            if (isNew) {
                throw e;
            }
            throw new SchemaException(
                    "A migration of this database to version " + newest(flyway)
                            + " was interrupted or failed, and H2 has kept a part of it: " + e.getMessage(),
                    "Restore the backup from before the upgrade, and start this version again" + DOCUMENT,
                    e);
        }
    }

    /**
     * Returns whether migrations have begun but no coordinator has used the database. A coordinator would
     * have stored at least a token.
     */
    private static boolean isWithoutContent(DataSource database) {
        JdbcTemplate jdbc = new JdbcTemplate(database);
        List<String> tables =
                jdbc.queryForList("SELECT LOWER(table_name) FROM information_schema.tables", String.class);
        return tables.contains("flyway_schema_history")
                && CONTENT.stream()
                        .filter(tables::contains)
                        .allMatch(table -> jdbc.queryForList("SELECT 1 FROM " + table + " FETCH FIRST 1 ROW ONLY")
                                .isEmpty());
    }

    /**
     * Disables the timeout of {@link PostgresConnections}, because a statement that changes a large table may
     * take longer.
     */
    private static final class Unhurried extends DelegatingDataSource {

        Unhurried(DataSource database) {
            super(database);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            connection.setNetworkTimeout(Runnable::run, 0);
            return connection;
        }
    }

    private static Object newest(Flyway flyway) {
        return Arrays.stream(flyway.info().all())
                .filter(migration -> migration.getState().isResolved() && migration.getVersion() != null)
                .reduce((older, newer) -> newer)
                .map(MigrationInfo::getVersion)
                .orElseThrow(() -> new IllegalStateException("the jar has no migrations"));
    }

    private static void require(MigrationInfo[] applied, String newest) {
        List<String> unknown = versions(applied, migration -> FUTURE.contains(migration.getState()));
        if (!unknown.isEmpty()) {
            throw new SchemaException(
                    "A newer version of the coordinator has used this database: its schema has migration "
                            + String.join(", ", unknown) + ", but this version only knows migrations up to " + newest
                            + ".",
                    "Start that version or a later one, or restore the backup from before the upgrade" + DOCUMENT);
        }
        List<String> changed =
                versions(applied, migration -> !migration.getState().isResolved() || !migration.isChecksumMatching());
        if (!changed.isEmpty()) {
            throw new SchemaException(
                    "The schema of this database was created by a different migration " + String.join(", ", changed)
                            + " than that of this version, so the tables may differ from what it expects.",
                    "Start the build that created the database, export its content, and import that into an empty"
                            + " database"
                            + DOCUMENT);
        }
    }

    private static List<String> versions(MigrationInfo[] migrations, Predicate<MigrationInfo> which) {
        return Arrays.stream(migrations)
                .filter(migration -> migration.getVersion() != null)
                .filter(which)
                .map(migration -> String.valueOf(migration.getVersion()))
                .toList();
    }
}
