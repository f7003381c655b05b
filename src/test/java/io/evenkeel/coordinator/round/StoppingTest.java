package io.evenkeel.coordinator.round;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.wire.Report;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class StoppingTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene(String stop) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 50, "\"stop\":{" + stop + "}")
                .members(1)
                .start();
    }

    /** Answers a round with a loss, and with the accuracy 1 - loss. */
    private static void answer(Scene scene, int round, double loss) {
        TestDevice device = scene.devices.get(0);
        Report report = new Report(
                1,
                OptionalDouble.of(loss),
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Map.of("accuracy", 1 - loss));
        TestDevice.Sent sent = device.stage(round, GRADIENT, report);
        assertThat(device.put(sent).status()).isEqualTo(201);
        device.commit(sent);
    }

    private static void awaitState(Scene scene, String state) {
        eventually().until(() -> scene.view().get("state").equals(state));
    }

    @Test
    void finishesWithTheRoundThatReachesItsTarget() {
        Scene scene = scene("\"targets\":[\"accuracy >= 0.9\"]");
        answer(scene, 0, 0.5);
        assertThat(scene.await(scene.devices.get(0), 0).number("round")).isEqualTo(1);
        assertThat(scene.view().json().get("stopReason")).isNull();

        answer(scene, 1, 0.1);
        awaitState(scene, "finished");
        assertThat(scene.view().number("round")).isEqualTo(2);
        assertThat(scene.view().get("stopReason")).isEqualTo("target");
        assertThat(scene.view().get("message"))
                .isEqualTo("stopped after round 1: accuracy is 0.9, and the target is accuracy >= 0.9");
        assertThat(scene.devices.get(0).model(2)).hasSize(Scene.DIMENSION);
    }

    @Test
    void pausesWhenTheLossIsTooLargeAndRestartsTheCountAfterResuming() {
        Scene scene = scene("\"divergence\":{\"loss\":10,\"rounds\":2}");
        TestDevice device = scene.devices.get(0);
        answer(scene, 0, 11);
        assertThat(scene.await(device, 0).number("round")).isEqualTo(1);
        answer(scene, 1, 12);
        awaitState(scene, "paused");
        assertThat(scene.view().get("stopReason")).isEqualTo("divergence");
        assertThat(scene.view().get("message")).contains("the loss was over 10.0 for 2 rounds, last 12.0");

        scene.act("resume");
        assertThat(scene.view().json().get("stopReason")).isNull();
        assertThat(scene.view().json().get("message")).isNull();
        answer(scene, 2, 13);
        assertThat(scene.await(device, 2).number("round")).isEqualTo(3);
        answer(scene, 3, 13);
        awaitState(scene, "paused");
    }

    @Test
    void reportsThatAllRoundsAreClosed() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 1, "\"stop\":{\"maxBytes\":1}")
                .members(1)
                .start();
        answer(scene, 0, 1);
        awaitState(scene, "finished");
        assertThat(scene.view().get("stopReason")).isEqualTo("rounds");
        assertThat(scene.view().json().get("message")).isNull();
    }
}
