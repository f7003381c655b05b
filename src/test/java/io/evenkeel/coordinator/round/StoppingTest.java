package io.evenkeel.coordinator.round;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
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
        answer(scene.devices.get(0), round, loss);
    }

    private static void answer(TestDevice device, int round, double loss) {
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

    private static void awaitRound(Scene scene, int round) {
        eventually().until(() -> scene.view().number("round") == round);
    }

    /** Reports falling losses until a round, and then large ones until the run pauses. */
    private static void diverge(Scene scene, int rise) {
        for (int round = 0; round < rise; round++) {
            answer(scene, round, 0.7 / (round + 1));
            awaitRound(scene, round + 1);
        }
        for (int round = rise; round < rise + 10; round++) {
            assertThat(scene.view().get("state")).as("round " + round).isEqualTo("running");
            answer(scene, round, 5);
            awaitRound(scene, round + 1);
        }
        awaitState(scene, "paused");
    }

    @Test
    void pausesByDefaultWhenTheLossRisesFarAboveItsBestAndKeepsTheBestModel() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 50, "\"gamma\":\"anytime:0.5:0.5\"")
                .members(1)
                .start();
        diverge(scene, 9);

        assertThat(scene.view().get("stopReason")).isEqualTo("divergence");
        assertThat(scene.view().get("message")).contains("for 10 rounds, last 5.0; the best mean was", "of round 8");
        assertThat(scene.view().number("bestRound")).isEqualTo(8);
        String model = Scene.newName();
        Reply version = scene.operator.postJson(
                "/models/" + model + "/versions", "{\"run\":\"" + scene.run + "\",\"best\":true}");
        assertThat(version.status()).as(version.toString()).isEqualTo(201);
        assertThat(version.number("round")).isEqualTo(8);
        assertThat(scene.operator
                        .get("/runs/" + scene.run + "/rounds/best/model")
                        .body())
                .isEqualTo(scene.operator
                        .get("/runs/" + scene.run + "/rounds/8/model")
                        .body());

        scene.act("resume");
        for (int round = 19; round < 40; round++) {
            answer(scene, round, 5);
            awaitRound(scene, round + 1);
        }
        assertThat(scene.view().number("bestRound")).as("of the rounds since").isGreaterThanOrEqualTo(19);
    }

    @Test
    void resetsTheBestWhenAMemberJoinsAndChangesTheLossFunction() {
        Scene scene = scene("\"maxBytes\":1000000");
        for (int round = 0; round < 9; round++) {
            answer(scene, round, 0.7 / (round + 1));
            awaitRound(scene, round + 1);
        }
        TestDevice joined = scene.member(1);
        answer(scene, 9, 0.07);
        awaitRound(scene, 10);
        assertThat(scene.view().number("bestRound")).isEqualTo(9);

        for (int round = 10; round < 25; round++) {
            answer(scene, round, 5);
            answer(joined, round, 5);
            awaitRound(scene, round + 1);
        }

        assertThat(scene.view().get("state")).isEqualTo("running");
        assertThat(scene.view().number("bestRound")).isEqualTo(10);
    }

    @Test
    void turnsDivergenceOffAndOnDuringTheRun() {
        Scene scene = scene("\"maxBytes\":1000000");
        assertThat(scene.change("{\"stop\":{\"divergence\":\"off\"}}").status()).isEqualTo(200);
        assertThat(scene.change("{\"stop\":{\"divergence\":\"of\"}}").get("detail"))
                .contains("stop.divergence", "'of', expected off, or an object");
        assertThat(scene.change("{\"stop\":{\"divergence\":{\"factor\":3}}}").status())
                .isEqualTo(200);
        answer(scene, 0, 1);
        scene.await(scene.devices.get(0), 0);
        assertThat(scene.view().json().get("stop"))
                .isEqualTo(Map.of("maxBytes", 1000000, "divergence", Map.of("factor", 3.0, "rounds", 10)));
    }
}
