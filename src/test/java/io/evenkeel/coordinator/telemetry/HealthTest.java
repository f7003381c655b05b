package io.evenkeel.coordinator.telemetry;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.MetricsExposition;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.nio.file.Path;
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

    private static void awaitReadiness(RestartableCoordinator coordinator, int status) {
        eventually().until(() -> status(coordinator, "readiness") == status);
    }

    /** Sends requests without credentials. */
    private static int status(RestartableCoordinator coordinator, String probe) {
        return MetricsExposition.status(coordinator.endpoint() + "/actuator/health/" + probe);
    }
}
