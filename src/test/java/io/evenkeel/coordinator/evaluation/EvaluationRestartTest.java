package io.evenkeel.coordinator.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnlyInCi
class EvaluationRestartTest {

    private static final String RESULT = "{\"samples\": 2, \"metrics\": {\"accuracy\": 0.5}}";

    @Test
    void keepsResultsAndStaysOpenThroughARestart(@TempDir Path folder) {
        try (RestartableCoordinator coordinator = new RestartableCoordinator(folder)) {
            Scene scene = new Scene(
                            coordinator.endpoint(), coordinator.jdbc(), "restarted", "top-k:2", FeedbackMethod.EF21)
                    .create("ef21-norm", 5, "")
                    .members(2)
                    .start();
            Reply published = scene.operator.postJson("/models/digits/versions", "{\"run\": \"restarted\"}");
            assertThat(published.status()).as(published.toString()).isEqualTo(201);
            Reply created = scene.operator.postJson(
                    "/evaluations", "{\"name\": \"check\", \"model\": \"digits\", \"version\": \"1\"}");
            assertThat(created.status()).as(created.toString()).isEqualTo(201);
            assertThat(created.get("run")).isEqualTo("restarted");
            String path = "/evaluations/check/results/me";
            assertThat(scene.devices.get(0).http().putJson(path, RESULT).status())
                    .isEqualTo(204);
            String before = scene.operator.get("/evaluations/check").get("metrics");

            coordinator.restart();
            scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
            assertThat(scene.operator.get("/evaluations/check").get("metrics")).isEqualTo(before);
            assertThat(scene.devices.get(0).http().putJson(path, RESULT).status())
                    .isEqualTo(204);
            assertThat(scene.devices.get(1).http().putJson(path, RESULT).status())
                    .isEqualTo(204);
            assertThat(scene.operator.get("/evaluations/check").number("results"))
                    .isEqualTo(2);
        }
    }
}
