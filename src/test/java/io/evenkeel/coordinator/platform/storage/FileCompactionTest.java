package io.evenkeel.coordinator.platform.storage;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.engine.OnlyInCi;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Measures how the file grows while receipts stay and payloads are deleted, as in the coordinator. */
@OnlyInCi
class FileCompactionTest {

    private static final int COMMITS = 300;
    private static final int MESSAGES = 100;
    private static final int PAYLOAD_BYTES = 4_000;
    private static final int COMMITS_KEPT = 15;
    private static final long WRITTEN = (long) COMMITS * MESSAGES * PAYLOAD_BYTES;

    private static final FailureLog FAILURES = new FailureLog(Clock.systemUTC(), new SimpleMeterRegistry());

    @TempDir
    Path folder;

    @Test
    void reusesTheSpaceOfDeletedRows() throws SQLException, IOException {
        assertThat(sizeAfterwards("compacted", true)).isLessThan(WRITTEN / 4);
    }

    /** If this fails, H2 compacts by itself, and {@link FileCompaction} can be removed. */
    @Test
    @Tag("full")
    void withoutCompactionTheFileKeepsAllWrittenPages() throws SQLException, IOException {
        assertThat(sizeAfterwards("plain", false)).isGreaterThan(WRITTEN);
    }

    @Test
    void compactsRepeatedly() throws SQLException {
        SingleConnectionDataSource source = open("background");
        FileCompaction compaction = new FileCompaction(source, Dialect.H2, FAILURES);
        try {
            fill(source, Compaction.NONE);
            assertThat(fillRate(source)).isLessThan(25);
            compaction.start();
            eventually().until(() -> fillRate(source) >= 50);
        } finally {
            compaction.stop();
            source.destroy();
        }
        assertThat(compaction.isRunning()).isFalse();
    }

    private long sizeAfterwards(String name, boolean compacted) throws SQLException, IOException {
        SingleConnectionDataSource source = open(name);
        try {
            FileCompaction compaction = new FileCompaction(source, Dialect.H2, FAILURES);
            List<byte[]> digests = fill(source, compacted ? compaction::step : Compaction.NONE);
            List<byte[]> kept = new JdbcTemplate(source)
                    .query("SELECT digest FROM receipt ORDER BY id", (row, i) -> row.getBytes("digest"));
            assertThat(kept).usingElementComparator(Arrays::compare).isEqualTo(digests);
            return Files.size(folder.resolve(name + ".mv.db"));
        } finally {
            source.destroy();
        }
    }

    /** Opens one connection for all writes, since H2 compacts the file when the last connection closes. */
    private SingleConnectionDataSource open(String name) throws SQLException {
        JdbcDataSource h2 = new JdbcDataSource();
        // As in application.yml, except for the age at which H2 overwrites unused parts of the file.
        h2.setUrl("jdbc:h2:file:" + folder.resolve(name) + ";WRITE_DELAY=0;RETENTION_TIME=0");
        return new SingleConnectionDataSource(h2.getConnection(), true);
    }

    /** Returns the percentage of live data in the file after the last commit. */
    private static int fillRate(DataSource source) {
        JdbcTemplate jdbc = new JdbcTemplate(source);
        jdbc.execute("UPDATE receipt SET digest = digest WHERE id = 0");
        jdbc.execute("COMMIT");
        return Objects.requireNonNull(jdbc.queryForObject(
                "SELECT CAST(SETTING_VALUE AS INTEGER) FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = 'info.CHUNKS_FILL_RATE'",
                Integer.class));
    }

    private static List<byte[]> fill(DataSource source, Compaction compaction) throws SQLException {
        JdbcTemplate jdbc = new JdbcTemplate(source);
        jdbc.execute("CREATE TABLE receipt (id INTEGER PRIMARY KEY, digest VARBINARY(32))");
        jdbc.execute("CREATE TABLE payload (id INTEGER PRIMARY KEY, bytes VARBINARY(4000))");
        Random random = new Random(1);
        List<byte[]> digests = new ArrayList<>();
        for (int commit = 0; commit < COMMITS; commit++) {
            jdbc.execute("SET AUTOCOMMIT FALSE");
            for (int i = 0; i < MESSAGES; i++) {
                byte[] digest = bytes(random, 32);
                jdbc.update("INSERT INTO receipt VALUES (?, ?)", digests.size(), digest);
                jdbc.update("INSERT INTO payload VALUES (?, ?)", digests.size(), bytes(random, PAYLOAD_BYTES));
                digests.add(digest);
            }
            jdbc.update("DELETE FROM payload WHERE id < ?", (commit - COMMITS_KEPT) * MESSAGES);
            jdbc.execute("COMMIT");
            boolean more = true;
            while (more) {
                more = compaction.step();
            }
        }
        return digests;
    }

    private static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private interface Compaction {

        Compaction NONE = () -> false;

        boolean step() throws SQLException;
    }
}
