package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.coordinator.testing.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

class PostgresConnectionsTest {

    private final String url = Postgres.shared().newDatabase();

    @Test
    void aPoolerThatGivesTwoConnectionsOneSessionIsRefused() {
        SingleConnectionDataSource pooler = new SingleConnectionDataSource(url, true);
        try {
            assertThatThrownBy(() -> PostgresConnections.requireSessions(pooler))
                    .isInstanceOfSatisfying(
                            SchemaException.class,
                            refused -> assertThat(refused.action()).contains("pool_mode = session"));
        } finally {
            pooler.destroy();
        }
    }

    @Test
    void connectionsWithSeparateSessionsAreAccepted() {
        assertThatCode(() -> PostgresConnections.requireSessions(new DriverManagerDataSource(url)))
                .doesNotThrowAnyException();
    }

    @Test
    void aConnectionToAReadOnlyServerIsReplaced() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(1);
        config.setExceptionOverrideClassName(ClosedConnections.class.getName());
        try (HikariDataSource pool = new HikariDataSource(config)) {
            execute(pool, "CREATE TABLE kept (id INTEGER)");
            // Simulates the state of a session after its server has become a standby.
            execute(pool, "SET default_transaction_read_only = on");
            assertThatThrownBy(() -> execute(pool, "INSERT INTO kept VALUES (1)"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState()).isEqualTo("25006"));
            assertThatCode(() -> execute(pool, "INSERT INTO kept VALUES (2)")).doesNotThrowAnyException();
        }
    }

    private static void execute(HikariDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
