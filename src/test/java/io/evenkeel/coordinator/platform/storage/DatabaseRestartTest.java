package io.evenkeel.coordinator.platform.storage;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.SharedCoordinator;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

@OnlyInCi
class DatabaseRestartTest {

    private static final double[] GRADIENT = {1, 2, 3, 4, 5, 6};

    @TempDir
    Path folder;

    @Test
    void aRestartOfTheDatabaseOnlyDelaysDevices() {
        try (Postgres database = Postgres.in(folder)) {
            SharedCoordinator coordinator = SharedCoordinator.start(database.newDatabase());
            try {
                Scene scene = new Scene(
                                coordinator.endpoint(),
                                coordinator.part(JdbcTemplate.class),
                                Scene.newName(),
                                "identity+float64",
                                FeedbackMethod.NONE)
                        .create("gd", 2, "\"gamma\":\"constant:0.5\",\"participants\":{\"min\":2}")
                        .members(2)
                        .start();
                TestDevice first = scene.devices.get(0);
                TestDevice second = scene.devices.get(1);
                first.answer(0, GRADIENT);
                database.stop();

                TestDevice.Sent message = second.stage(0, GRADIENT);
                Reply refused = second.put(message);
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.problem()).isEqualTo("storage-unavailable");
                assertThat(refused.header("Retry-After")).isNotEmpty();
                assertThat(scene.view().status()).isEqualTo(503);

                database.start();
                assertThat(eventually()
                                .until(() -> second.put(message), reply -> reply.status() != 503)
                                .status())
                        .isIn(200, 201);
                second.commit(message);
                assertThat(scene.await(first, 0).number("round")).isEqualTo(1);
                assertThat(scene.record(0).number("participants")).isEqualTo(2);
                assertThat(first.model(1)).containsExactly(-0.5, -1, -1.5, -2, -2.5, -3);
                scene.devices.forEach(device -> device.answer(1, GRADIENT));
                assertThat(scene.await(first, 1).get("state")).isEqualTo("finished");
            } finally {
                coordinator.stop();
            }
        }
    }
}
