package io.evenkeel.coordinator.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.LogSettingsReset;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith({OutputCaptureExtension.class, LogSettingsReset.class})
class LogTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    @Test
    void linesNameTheirRunRoundAndClientAndNeverASecret(CapturedOutput output) {
        try (RestartableCoordinator coordinator = new RestartableCoordinator(
                folder,
                "--logging.structured.format.console=ecs",
                "--logging.level.io.evenkeel=debug",
                // Logs whole requests with their Authorization header.
                "--logging.level.org.apache.coyote.http11=trace")) {
            Scene scene = start(coordinator);
            TestDevice device = scene.devices.get(0);
            device.answer(0, new double[Scene.DIMENSION]);
            scene.await(device, 0);
            coordinator.jdbc().execute("ALTER TABLE message RENAME TO elsewhere");
            assertThat(device.put(device.stage(1, new double[Scene.DIMENSION])).status())
                    .isGreaterThanOrEqualTo(500);

            List<Map<?, ?>> lines = lines(output);

            assertThat(lines).anySatisfy(line -> {
                assertThat(line.get("message")).asString().startsWith("Closed with 1 of 1 asked");
                assertThat(find(line, "run")).isEqualTo(scene.run);
                assertThat(find(line, "round")).isEqualTo("0");
                assertThat(find(line, "client")).isNull();
            });
            assertThat(lines).anySatisfy(line -> {
                assertThat(find(line, "level")).isIn("ERROR", "WARN");
                assertThat(find(line, "run")).isEqualTo(scene.run);
                assertThat(find(line, "round")).isEqualTo("1");
                assertThat(find(line, "client")).isEqualTo(device.client());
            });
            assertThat(output.getAll())
                    .contains("Bearer evk_op_***", "Bearer evk_dev_***")
                    .doesNotContainPattern("evk_[a-z]+_\\w");
        }
    }

    @Test
    void plainLinesHaveNoSecretEither(CapturedOutput output) {
        try (RestartableCoordinator coordinator =
                new RestartableCoordinator(folder, "--logging.level.org.apache.coyote.http11=trace")) {
            start(coordinator).devices.get(0).answer(0, new double[Scene.DIMENSION]);

            assertThat(output.getAll())
                    .doesNotContain("\"@timestamp\"")
                    .contains("Bearer evk_op_***", "Bearer evk_dev_***")
                    .doesNotContainPattern("evk_[a-z]+_\\w");
        }
    }

    private static Scene start(RestartableCoordinator coordinator) {
        return new Scene(
                        coordinator.endpoint(),
                        coordinator.jdbc(),
                        Scene.newName(),
                        "identity+float64",
                        FeedbackMethod.NONE)
                .create("gd", 10, "\"gamma\":1")
                .members(1)
                .start();
    }

    private static List<Map<?, ?>> lines(CapturedOutput output) {
        return output.getOut()
                .lines()
                .filter(line -> line.startsWith("{"))
                .<Map<?, ?>>map(line -> JSON.readValue(line, Map.class))
                .toList();
    }

    /** Finds a field at any depth. */
    private static @Nullable Object find(Map<?, ?> object, String field) {
        if (object.containsKey(field)) {
            return object.get(field);
        }
        return object.values().stream()
                .filter(Map.class::isInstance)
                .map(inner -> find((Map<?, ?>) inner, field))
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
