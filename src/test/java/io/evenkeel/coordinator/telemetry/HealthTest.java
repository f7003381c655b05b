package io.evenkeel.coordinator.telemetry;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.MetricsExposition;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthTest {

    @TempDir
    private Path folder;

    @Test
    void readinessFollowsTheDatabaseAndLivenessDoesNot() {
        try (Postgres database = Postgres.in(folder);
                RestartableCoordinator coordinator = new RestartableCoordinator(
                        database.newDatabase(),
                        "--spring.datasource.username=postgres",
                        "--spring.datasource.hikari.connection-timeout=500",
                        "--evenkeel.rounds.tick=0s",
                        "--evenkeel.metrics.refresh=0s")) {
            assertThat(status(coordinator, "readiness")).isEqualTo(200);
            assertThat(status(coordinator, "liveness")).isEqualTo(200);

            database.stop();
            awaitReadiness(coordinator, 503);
            assertThat(status(coordinator, "liveness")).isEqualTo(200);

            database.start();
            awaitReadiness(coordinator, 200);
        }
    }

    @Test
    void aFullDiskEndsReadinessButNotLiveness() throws IOException {
        try (RestartableCoordinator coordinator =
                new RestartableCoordinator(folder, "--management.health.diskspace.threshold=1000000TB")) {
            assertThat(status(coordinator, "readiness")).isEqualTo(503);
            assertThat(status(coordinator, "liveness")).isEqualTo(200);
            assertThat(Files.getPosixFilePermissions(folder.resolve("db.mv.db")))
                    .as("only its owner can access H2's new file")
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static void awaitReadiness(RestartableCoordinator coordinator, int status) {
        eventually().until(() -> status(coordinator, "readiness") == status);
    }

    /** Sends requests without credentials. */
    private static int status(RestartableCoordinator coordinator, String probe) {
        return MetricsExposition.status(coordinator.endpoint() + "/actuator/health/" + probe);
    }
}
