package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClosedConnectionsTest {

    private static final int POOL = 4;

    @TempDir
    Path folder;

    @Test
    void theDatabaseReopensAfterItClosedUnderOpenConnections() throws SQLException {
        try (HikariDataSource pool = new HikariDataSource(config())) {
            execute(pool, "CREATE TABLE kept (id INTEGER)");
            execute(pool, "INSERT INTO kept VALUES (1)");
            fill(pool);
            // Simulates H2's reaction to the first failed write.
            refused(pool, "SHUTDOWN IMMEDIATELY");
            int refusals = 0;
            while (refused(pool, "INSERT INTO kept VALUES (2)")) {
                refusals++;
                assertThat(refusals)
                        .as("each connection of the pool is refused once at most")
                        .isLessThanOrEqualTo(POOL);
            }
            assertThat(count(pool)).isEqualTo(2);
        }
    }

    private HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:file:" + folder.resolve("db") + ";WRITE_DELAY=0");
        config.setMaximumPoolSize(POOL);
        config.setExceptionOverrideClassName(ClosedConnections.class.getName());
        return config;
    }

    /** Opens all connections of the pool. */
    private static void fill(HikariDataSource pool) throws SQLException {
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < POOL; i++) {
            connections.add(pool.getConnection());
        }
        for (Connection connection : connections) {
            connection.close();
        }
    }

    private static boolean refused(HikariDataSource pool, String sql) {
        try {
            execute(pool, sql);
            return false;
        } catch (SQLException closed) {
            return true;
        }
    }

    private static void execute(HikariDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*) FROM kept")) {
            result.next();
            return result.getInt(1);
        }
    }
}
