package io.evenkeel.coordinator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.evenkeel.coordinator.platform.storage.ClosedConnections;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** The same failure is logged once and then counted, for any logger. */
@ExtendWith(OutputCaptureExtension.class)
class RepeatedFailuresTest {

    private static final Logger LOG = LoggerFactory.getLogger(RepeatedFailuresTest.class);
    private static final int FAILURES = 1000;

    @TempDir
    private Path folder;

    @Configuration
    static class Nothing {}

    private static ConfigurableApplicationContext application() {
        return new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .run();
    }

    @Test
    void aDatabaseThatClosesAtEachWriteDoesNotFloodTheLog(CapturedOutput console) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:h2:mem:" + folder.getFileName());
        config.setExceptionOverrideClassName(ClosedConnections.class.getName());
        try (ConfigurableApplicationContext application = application();
                HikariDataSource pool = new HikariDataSource(config)) {
            assertThat(application.isActive()).isTrue();
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> closeAndQuery(pool)).isInstanceOf(SQLException.class);
            }
        }
        assertThat(console.getAll().lines().filter(line -> line.contains("marked as broken")))
                .as("of two statements, for the 1st, 10th and perhaps 100th time")
                .hasSizeBetween(3, 6);
        assertThat(console.getAll()).contains("occurrence 10: org.h2.jdbc.JdbcSQL");
    }

    private static void closeAndQuery(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
            statement.execute("SELECT 1");
        }
    }

    @Test
    void linesWithoutAnExceptionAndOtherKindsAreAllLogged(CapturedOutput console) {
        try (ConfigurableApplicationContext application = application()) {
            assertThat(application.isActive()).isTrue();
            for (int i = 0; i < FAILURES; i++) {
                LOG.warn("Entry {} could not be written: {}", i, 503, new IllegalStateException("no room " + i));
            }
            LOG.warn("Entry {} could not be written: {}", 0, 503, new IllegalArgumentException("another kind"));
            LOG.warn("A line");
            LOG.warn("A line");
            LOG.info("Not a failure", new IllegalStateException("first"));
            LOG.info("Not a failure", new IllegalStateException("second"));
        }
        assertThat(console.getAll().lines().filter(line -> line.contains("could not be written")))
                .as("for the 1st, 10th, 100th and 1000th time, and another kind")
                .hasSize(5);
        assertThat(console.getAll())
                .contains("Entry 999 could not be written: 503 (occurrence 1000: java.lang.IllegalStateException")
                .contains("another kind", "first", "second")
                .doesNotContain("no room 1");
        assertThat(console.getAll().lines().filter(line -> line.endsWith("A line")))
                .hasSize(2);
    }
}
