package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.testing.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.mock.env.MockEnvironment;

class SchemaMigrationTest {

    /**
     * The checksums of all migrations. They never change, since existing databases have applied them. A change of the
     * schema needs a new file and a new line here.
     */
    private static final Map<String, Integer> CHECKSUMS =
            Map.of("V20__schema.sql", -1_125_144_226, "V21__skipped_rounds.sql", 1_474_055_365);

    private final DriverManagerDataSource database =
            new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    private final JdbcTemplate jdbc = new JdbcTemplate(database);
    private final SchemaMigration migration = new SchemaMigration();

    private Flyway flyway() {
        return Flyway.configure()
                .dataSource(database)
                .placeholders(Map.of("blob", Dialect.H2.blob()))
                .load();
    }

    @Test
    void migrationsAreAddedAndNeverEdited() {
        Map<String, Integer> found = new TreeMap<>();
        for (MigrationInfo info : flyway().info().all()) {
            found.put(info.getScript(), info.getChecksum());
        }
        assertThat(found)
                .as("existing databases have applied these files; add a file and its line instead of editing one")
                .containsExactlyInAnyOrderEntriesOf(CHECKSUMS);
    }

    @Test
    void migratesAnEmptyDatabaseAndAcceptsItAgain() {
        migration.migrate(flyway());
        migration.migrate(flyway());

        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM run", Long.class)).isZero();
    }

    @Test
    void refusesADatabaseOfANewerVersion() {
        migration.migrate(flyway());
        String newest = newest();
        recordMigration("1000");

        assertRefused(
                "A newer version of the coordinator has used this database: its schema has migration 1000, but this"
                        + " version only knows migrations up to " + newest + ".",
                "Start that version or a later one");
    }

    @Test
    void refusesADatabaseWhoseMigrationWasEdited() {
        migration.migrate(flyway());
        jdbc.update("UPDATE \"flyway_schema_history\" SET \"checksum\" = 5 WHERE \"version\" = '20'");

        assertRefused("The schema of this database was created by a different migration 20", "export its content");
    }

    @Test
    void refusesADatabaseWithAMigrationThatNoLongerExists() {
        migration.migrate(flyway());
        recordMigration("1");

        assertRefused("The schema of this database was created by a different migration 1", "export its content");
    }

    /** The connections give up after a second without a response. */
    @Test
    void waitsForAStatementThatTakesLong(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("V1__slow.sql"), "SELECT pg_sleep(1.5);");
        String url = Postgres.shared().newDatabase() + "&socketTimeout=1";
        Flyway slow = Flyway.configure()
                .dataSource(url, "postgres", null)
                .locations("filesystem:" + folder)
                .load();

        migration.migrate(slow);

        assertThat(slow.info().applied()).hasSize(1);
    }

    private void recordMigration(String version) {
        jdbc.update(
                "INSERT INTO \"flyway_schema_history\" (\"installed_rank\", \"version\", \"description\", \"type\","
                        + " \"script\", \"checksum\", \"installed_by\", \"execution_time\", \"success\") VALUES (1000, ?,"
                        + " 'x', 'SQL', 'x.sql', 5, 'x', 1, TRUE)",
                version);
    }

    private String newest() {
        MigrationInfo[] all = flyway().info().all();
        return String.valueOf(all[all.length - 1].getVersion());
    }

    private void assertRefused(String what, String action) {
        String tables = tables();
        assertThatThrownBy(() -> migration.migrate(flyway())).satisfies(refusal -> {
            FailureAnalysis analysis =
                    Objects.requireNonNull(new DatabaseFileFailureAnalyzer(new MockEnvironment()).analyze(refusal));
            assertThat(analysis.getDescription()).startsWith(what);
            assertThat(analysis.getAction()).contains(action, "\"Upgrade\" in docs/operations.md");
        });
        assertThat(tables()).isEqualTo(tables);
    }

    private String tables() {
        return Arrays.toString(
                jdbc.queryForList("SELECT table_name FROM information_schema.tables ORDER BY table_name", String.class)
                        .toArray());
    }
}
