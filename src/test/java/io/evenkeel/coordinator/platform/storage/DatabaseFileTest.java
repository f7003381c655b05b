package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.CoordinatorApplication;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A coordinator that starts on a damaged database file first reports the damage and its remedy. */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseFileTest {

    private static final int BLOCK = 4096;

    @TempDir
    Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void makeADatabase() throws SQLException {
        file = folder.resolve("evenkeel.mv.db");
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:file:" + folder.resolve("evenkeel"));
        try (Connection connection = h2.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE receipt AS SELECT x, RANDOM_UUID() AS u FROM SYSTEM_RANGE(1, 10000)");
        }
    }

    @Test
    void isRewrittenWithoutDeletedData() throws SQLException, IOException {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:file:" + folder.resolve("evenkeel") + ";WRITE_DELAY=0");
        try (Connection connection = h2.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE device AS SELECT x AS id, 'somebody' || x AS name FROM SYSTEM_RANGE(1, 9)");
            statement.execute("DELETE FROM device WHERE id = 7");
            // Simulates a kill: a regular close would compact the file for 200 ms.
            statement.execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException closed) {
            assertThat(closed.getErrorCode()).isEqualTo(ErrorCode.DATABASE_IS_CLOSED);
        }
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).contains("somebody7");

        DatabaseFile.rewrite(file);

        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain("somebody7");
        try (Connection connection = h2.getConnection();
                Statement statement = connection.createStatement();
                ResultSet left = statement.executeQuery("SELECT COUNT(*) FROM device")) {
            assertThat(left.next()).isTrue();
            assertThat(left.getInt(1)).isEqualTo(8);
        }
    }

    @Test
    void reportsATruncatedFile(CapturedOutput output) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(2 * BLOCK + BLOCK / 2);
        }
        assertNamed(output, "contains no tables: it was truncated", "\"Restore\" in docs/operations.md");
    }

    @Test
    void reportsAFileWithADamagedHeader(CapturedOutput output) throws IOException {
        try (RandomAccessFile overwritten = new RandomAccessFile(file.toFile(), "rw")) {
            overwritten.write(new byte[2 * BLOCK]);
        }
        assertNamed(output, "is damaged", "\"Restore\" in docs/operations.md");
    }

    @Test
    void reportsAnEmptyFile(CapturedOutput output) throws IOException {
        Files.write(file, new byte[0]);
        assertNamed(output, "is empty", "\"Restore\" in docs/operations.md");
        assertThat(file).isEmptyFile();
    }

    @Test
    void reportsAFolder(CapturedOutput output) throws IOException {
        Files.delete(file);
        Files.createDirectory(file);
        assertNamed(output, "is not a file", "\"Restore\" in docs/operations.md");
    }

    @Test
    void reportsAFileThatAnotherProcessHasOpen(CapturedOutput output) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertNamed(output, "is in use by another process", "Stop the process that has it open");
        }
    }

    /** H2 collects garbage up to 16 times when it cannot create a file. */
    @Test
    @OnlyInCi
    void reportsAReadOnlyFolder(CapturedOutput output) {
        file = Path.of("/proc/evenkeel.mv.db");
        assertReported(output, "cannot be created, read or written", "EVENKEEL_DATA");
    }

    private void assertNamed(CapturedOutput output, String what, String action) {
        assertReported(output, what, action);
        assertThat(output.getAll().substring(0, output.getAll().indexOf("APPLICATION FAILED TO START")))
                .doesNotContain("\tat ");
    }

    private void assertReported(CapturedOutput output, String what, String action) {
        String path = file.toString();
        assertThatThrownBy(() -> new SpringApplication(CoordinatorApplication.class)
                        .run(
                                "--spring.datasource.url=jdbc:h2:file:"
                                        + path.substring(0, path.length() - ".mv.db".length()),
                                // H2 collects garbage each time that it cannot create a file.
                                "--spring.datasource.hikari.connection-timeout=250",
                                "--server.port=0"))
                .isInstanceOf(RuntimeException.class);
        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START", "The database file " + file + " " + what, action);
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:h2:file:/data/evenkeel;WRITE_DELAY=0, /data/evenkeel.mv.db",
        "jdbc:h2:/data/evenkeel, /data/evenkeel.mv.db",
        "jdbc:h2:file:/data/../evenkeel, /evenkeel.mv.db",
        "jdbc:h2:mem:test;DB_CLOSE_DELAY=-1,",
        "jdbc:h2:tcp://localhost/~/test,",
        "jdbc:postgresql://localhost/evenkeel,"
    })
    void isFoundFromTheAddress(String url, String expected) {
        assertThat(DatabaseFile.ofUrl(url).map(Path::toString).orElse(null)).isEqualTo(expected);
    }
}
