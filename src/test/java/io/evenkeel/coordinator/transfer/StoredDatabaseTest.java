package io.evenkeel.coordinator.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Starts coordinators on the databases of earlier versions, which {@code ops/stored-database} created. The files never
 * change, since operators have such databases.
 */
class StoredDatabaseTest {

    private static final Path STORED = Path.of("test", "resources", "databases");
    private static final String SUFFIX = ".mv.db.gz";

    @TempDir
    private Path folder;

    static List<Path> databases() throws IOException {
        try (Stream<Path> files = Files.list(STORED)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void isUpgradedWithoutLosingData(Path stored) throws IOException {
        assertThat(Files.size(stored)).isLessThan(100_000);
        try (InputStream in = new GZIPInputStream(Files.newInputStream(stored))) {
            Files.copy(in, folder.resolve("db.mv.db"));
        }
        try (RestartableCoordinator coordinator = new RestartableCoordinator(folder)) {
            Http operator = new Http(coordinator::endpoint, CoordinatorTest.OPERATOR_TOKEN);
            assertIsComplete(operator);
            coordinator.restart();
            assertIsComplete(operator);
        }
    }

    private static void assertIsComplete(Http operator) {
        Reply run = operator.get("/runs/digits");
        assertThat(run.status()).isEqualTo(200);
        assertThat(run.get("state")).isEqualTo("paused");
        Reply audit = operator.post("/runs/digits/audit");
        assertThat(audit.status()).as(audit.toString()).isEqualTo(200);
        assertThat(operator.get("/runs/digits/rounds/3/model").body()).hasSize(24);
        assertThat(operator.get("/models/classifier/versions/@production").status())
                .isEqualTo(200);
        assertThat(operator.get("/experiments/ab").status()).isEqualTo(200);
        assertThat(operator.get("/export").status()).isEqualTo(200);
    }

    /** Creates a file, for {@code ops/stored-database}. */
    @Test
    @EnabledIfSystemProperty(named = "stored.database", matches = ".+")
    void storesTheDatabaseOfThisVersion() throws IOException, SQLException {
        try (RestartableCoordinator coordinator = new RestartableCoordinator(folder)) {
            InstallationScene scene = new InstallationScene(coordinator, 5);
            assertThat(scene.devices).isNotEmpty();
        }
        try (Connection connection =
                        DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("db"), "evenkeel", "");
                Statement statement = connection.createStatement()) {
            statement.execute("SHUTDOWN COMPACT");
        }
        Path stored = STORED.resolve(System.getProperty("stored.database") + SUFFIX);
        Files.createDirectories(STORED);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(stored))) {
            Files.copy(folder.resolve("db.mv.db"), out);
        }
    }
}
