package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Tests coordinators that are killed while they migrate their database: no later statement reaches the database. */
@OnlyInCi
class InterruptedMigrationTest {

    private static final String TABLES =
            "SELECT table_name, column_name FROM information_schema.columns WHERE LOWER(table_schema) = 'public'"
                    + " ORDER BY table_name, column_name";

    private static final String UPGRADE = """
            ALTER TABLE run ADD COLUMN first_new INTEGER;
            CREATE TABLE second_new (id INTEGER PRIMARY KEY);
            ALTER TABLE run ADD COLUMN third_new INTEGER;
            """;

    /** The number of statements between two tested kills, since the first migration has about 150 statements. */
    private static final int STEP = 23;

    /** The number of columns that the upgrade adds. */
    private static final int COLUMNS = 3;

    private final SchemaMigration migration = new SchemaMigration();

    /** The connections of a process that is killed before a statement. */
    private static final class Killed extends DelegatingDataSource {

        private final List<Connection> open = new ArrayList<>();
        private final int statements;
        private int executed;
        private int beforeUpgrade;
        private boolean isDead;

        /** @param statements the number of statements before the kill */
        Killed(DataSource database, int statements) {
            super(database);
            this.statements = statements;
        }

        @Override
        public Connection getConnection() throws SQLException {
            requireAlive(false);
            Connection connection = super.getConnection();
            open.add(connection);
            return proxy(Connection.class, connection);
        }

        private void requireAlive(boolean isStatement) throws SQLException {
            if (isStatement && !isDead && executed++ == statements) {
                isDead = true;
                for (Connection connection : open) {
                    connection.close();
                }
            }
            if (isDead) {
                throw new SQLException("the process is killed");
            }
        }

        private <T> T proxy(Class<T> type, T real) {
            InvocationHandler handler = (proxy, method, arguments) -> {
                if (!method.getName().equals("close") && !method.getName().equals("isClosed")) {
                    requireAlive(method.getName().startsWith("execute"));
                }
                if (arguments != null && arguments[0] instanceof String sql && sql.contains("first_new")) {
                    beforeUpgrade = executed - 1;
                }
                try {
                    Object result = method.invoke(real, arguments);
                    if (result instanceof PreparedStatement statement) {
                        return proxy(PreparedStatement.class, statement);
                    }
                    return result instanceof Statement statement ? proxy(Statement.class, statement) : result;
                } catch (InvocationTargetException e) {
                    throw e.getTargetException();
                }
            };
            return type.cast(Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {type}, handler));
        }
    }

    private static DataSource newDatabase(Dialect dialect) {
        return new DriverManagerDataSource(
                switch (dialect) {
                    case H2 -> "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
                    case POSTGRESQL -> Postgres.shared().newDatabase();
                });
    }

    private static Flyway flyway(DataSource database, Dialect dialect, String... more) {
        String[] locations = new String[more.length + 1];
        locations[0] = "classpath:db/migration";
        System.arraycopy(more, 0, locations, 1, more.length);
        return Flyway.configure()
                .dataSource(database)
                .locations(locations)
                .placeholders(Map.of("blob", dialect.blob()))
                .load();
    }

    private static List<Map<String, Object>> tables(DataSource database) {
        return new JdbcTemplate(database).queryForList(TABLES);
    }

    /** Migrates in a process that is killed before a statement; returns false if the migration ended first. */
    private boolean isKilled(DataSource database, Dialect dialect, int statements, String... more) {
        Killed killed = new Killed(database, statements);
        try {
            migration.migrate(flyway(killed, dialect, more));
            return false;
        } catch (RuntimeException e) {
            assertThat(killed.isDead).as(String.valueOf(e)).isTrue();
            return true;
        }
    }

    /** Returns the number of statements before those of the upgrade. */
    private int statementsBeforeUpgrade(DataSource database, Dialect dialect, String upgrade) {
        Killed survives = new Killed(database, Integer.MAX_VALUE);
        migration.migrate(flyway(survives, dialect, upgrade));
        assertThat(survives.beforeUpgrade).isPositive();
        return survives.beforeUpgrade;
    }

    @ParameterizedTest
    @EnumSource(Dialect.class)
    void theFirstMigrationIsRepeatedWhereverItWasKilled(Dialect dialect) {
        DataSource whole = newDatabase(dialect);
        migration.migrate(flyway(whole, dialect));
        int kills = 0;
        int statements = 0;
        DataSource database = newDatabase(dialect);
        while (isKilled(database, dialect, statements)) {
            migration.migrate(flyway(database, dialect));
            assertThat(tables(database))
                    .as("killed before statement %d", statements)
                    .isEqualTo(tables(whole));
            kills++;
            statements += STEP;
            database = newDatabase(dialect);
        }
        assertThat(kills).isGreaterThan(5);
    }

    @Test
    void postgresHasAllOfAnUpgradeThatWasKilledOrNothing(@TempDir Path folder) throws IOException {
        String upgrade = written(folder);
        int undone = 0;
        // The earlier statements only read.
        int statements = statementsBeforeUpgrade(used(Dialect.POSTGRESQL), Dialect.POSTGRESQL, upgrade) - 2;
        DataSource database = used(Dialect.POSTGRESQL);
        List<Map<String, Object>> before = tables(database);
        while (isKilled(database, Dialect.POSTGRESQL, statements, upgrade)) {
            if (isUpgraded(database)) {
                assertThat(tables(database)).hasSize(before.size() + COLUMNS);
                database = used(Dialect.POSTGRESQL);
            } else {
                assertThat(tables(database)).as("an old version continues").isEqualTo(before);
                migration.migrate(flyway(database, Dialect.POSTGRESQL));
                undone++;
            }
            statements++;
        }
        assertThat(undone).isGreaterThan(COLUMNS);
        assertThat(tables(database)).hasSize(before.size() + COLUMNS);
    }

    @Test
    void h2SaysWhatToDoIfAnUpgradeWasKilledHalfWay(@TempDir Path folder) throws IOException {
        String upgrade = written(folder);
        int refused = 0;
        int statements = statementsBeforeUpgrade(used(Dialect.H2), Dialect.H2, upgrade) - 2;
        DataSource database = used(Dialect.H2);
        int before = tables(database).size();
        while (isKilled(database, Dialect.H2, statements, upgrade)) {
            DataSource killed = database;
            if (tables(killed).size() == before || isUpgraded(killed)) {
                migration.migrate(flyway(killed, Dialect.H2, upgrade));
                assertThat(tables(killed)).hasSize(before + COLUMNS);
            } else {
                assertThatThrownBy(() -> migration.migrate(flyway(killed, Dialect.H2, upgrade)))
                        .isInstanceOfSatisfying(
                                SchemaException.class,
                                refusal -> assertThat(refusal.action())
                                        .startsWith("Restore the backup from before the upgrade"))
                        .hasMessageContaining("to version 1000 was interrupted or failed");
                refused++;
            }
            statements++;
            database = used(Dialect.H2);
        }
        assertThat(refused).isGreaterThanOrEqualTo(2);
    }

    /** Returns a database that a coordinator has already used. */
    private DataSource used(Dialect dialect) {
        DataSource database = newDatabase(dialect);
        migration.migrate(flyway(database, dialect));
        new JdbcTemplate(database)
                .update("INSERT INTO registered_model (name, created_at, last_version)"
                        + " VALUES ('a', CURRENT_TIMESTAMP, 0)");
        return database;
    }

    private static boolean isUpgraded(DataSource database) {
        return !new JdbcTemplate(database)
                .queryForList("SELECT 1 FROM \"flyway_schema_history\" WHERE \"version\" = '1000'")
                .isEmpty();
    }

    private static String written(Path folder) throws IOException {
        Files.writeString(folder.resolve("V1000__upgrade.sql"), UPGRADE);
        return "filesystem:" + folder;
    }
}
