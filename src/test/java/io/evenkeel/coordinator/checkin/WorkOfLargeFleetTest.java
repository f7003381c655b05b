package io.evenkeel.coordinator.checkin;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.checkin.PaceSteering;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet that is large for its target rate: 400 devices with a total of one check-in every ten seconds. */
class WorkOfLargeFleetTest {

    private static final int DEVICES = 400;
    private static final String GOAL = "--evenkeel.work.requests-per-second=0.1";

    @Test
    void checksInRarelyAndDoesNotWaitEvenAfterARestart(@TempDir Path folder) {
        try (RestartableCoordinator coordinator = new RestartableCoordinator(folder, GOAL)) {
            Scene scene = new Scene(
                            coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                    .create("ef21-norm", 3, "\"devices\":{\"join\":\"region=eu\"}");
            TestDevice device = scene.device();
            for (int i = 1; i < DEVICES; i++) {
                Scene.enrol(coordinator.jdbc(), "fill" + i, "evk_dev_fill" + i);
            }
            coordinator.jdbc().update("UPDATE client SET enrolled_at = CURRENT_TIMESTAMP");
            coordinator.bean(FleetSize.class).work();
            PaceSteering pace = coordinator.bean(FleetSize.class).pace();
            assertThat(pace).isEqualTo(new PaceSteering(0.1, DEVICES, 0));
            assertThat(pace.mean(false, Duration.ZERO, Duration.ZERO)).isEqualTo(Duration.ofSeconds(4000));
            assertThat(wait(device.http())).as("answered at once").isEqualTo(204);

            device.http().putJson("/clients/me/attributes", "{\"attributes\":{\"region\":\"eu\"}}");
            coordinator.restart();
            scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
            pace = coordinator.bean(FleetSize.class).pace();
            assertThat(pace).as("counted before the first request").isEqualTo(new PaceSteering(0.1, DEVICES, 1));
            Reply reply = device.http().get("/work");
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.number("retryAfter")).isBetween(1, 5 * 1008);
        }
    }

    private static int wait(Http device) {
        return device.get("/work?wait=60s").status();
    }
}
