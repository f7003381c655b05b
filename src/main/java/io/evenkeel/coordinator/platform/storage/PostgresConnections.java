package io.evenkeel.coordinator.platform.storage;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.Environment;

/**
 * Configures connections to PostgreSQL. Values in the URL or in {@code spring.datasource.hikari} take
 * precedence.
 *
 * <p>If a coordinator stalls or loses its network, its transaction still holds the run's lock. PostgreSQL
 * ends the transaction after the duration of a lease, so that another coordinator can continue. A coordinator
 * whose database does not answer gives up after half a minute.
 *
 * <p>If the URL names several servers, only the primary one is used, even after a failover.
 */
final class PostgresConnections implements BeanPostProcessor {

    private static final String ANSWER_SECONDS = "30";
    private static final String CONNECT_SECONDS = "5";

    private final Environment environment;

    PostgresConnections(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof HikariDataSource pool
                && String.valueOf(pool.getJdbcUrl()).startsWith("jdbc:postgresql:")) {
            set(pool, "reWriteBatchedInserts", "true");
            set(pool, "tcpKeepAlive", "true");
            set(pool, "connectTimeout", CONNECT_SECONDS);
            set(pool, "socketTimeout", ANSWER_SECONDS);
            set(pool, "ApplicationName", "evenkeel");
            // A standby, or a former primary, accepts connections but no writes.
            set(pool, "targetServerType", "primary");
            if (pool.getConnectionInitSql() == null) {
                pool.setConnectionInitSql("SET idle_in_transaction_session_timeout = " + lease().toMillis());
            }
        }
        return bean;
    }

    /**
     * Requires that a connection always uses the same session of the server, because the time limit above is
     * a setting of the session. A pooler such as PgBouncer may give each transaction a different session
     * unless it is in session mode.
     *
     * @throws SchemaException if a setting of one connection is visible to another connection, or is lost
     */
    static void requireSessions(DataSource database) {
        String mark = UUID.randomUUID().toString();
        try (Connection first = database.getConnection();
                Connection second = database.getConnection()) {
            String unused = query(first, "SELECT set_config('evenkeel.session', ?, false)", mark);
            // With a pooler, the second connection gets a session for its transaction: either the one that
            // the first connection has just released, or another one.
            second.setAutoCommit(false);
            boolean isShared = mark.equals(current(second));
            boolean isKept = mark.equals(current(first));
            second.rollback();
            second.setAutoCommit(true);
            if (isShared || !isKept) {
                throw new SchemaException(
                        "The connections of spring.datasource.url do not keep their sessions: a pooler such as PgBouncer gives each"
                                + " transaction a session that others have used.",
                        "Connect to PostgreSQL itself, or set pool_mode = session in the pooler: see \"PostgreSQL\" in"
                                + " docs/operations.md.");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the database of spring.datasource.url cannot be reached", e);
        }
    }

    private static String current(Connection connection) throws SQLException {
        return query(connection, "SELECT current_setting(?, true)", "evenkeel.session");
    }

    private static String query(Connection connection, String sql, String parameter) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return String.valueOf(result.getString(1));
            }
        }
    }

    private Duration lease() {
        return environment.getProperty("evenkeel.lease.duration", Duration.class, Duration.ofSeconds(10));
    }

    private static void set(HikariDataSource pool, String property, String value) {
        pool.getDataSourceProperties().putIfAbsent(property, value);
    }
}
