package io.evenkeel.coordinator.round;

import static io.evenkeel.coordinator.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.Postgres;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthTest {

    @TempDir
    private Path folder;

    @Test
    void readinessFollowsTheDatabaseAndLivenessDoesNot() {
        try (Postgres database = Postgres.in(folder);
                Restartable coordinator = new Restartable(
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

    private static void awaitReadiness(Restartable coordinator, int status) {
        eventually().until(() -> status(coordinator, "readiness") == status);
    }

    /** Asks without credentials. */
    private static int status(Restartable coordinator, String probe) {
        return Exposition.status(coordinator.endpoint() + "/actuator/health/" + probe);
    }
}
