package io.evenkeel.coordinator.message;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.RenyiAccountant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class PrivateRunTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene(String compressor, String budget) {
        return scene(compressor, budget, "");
    }

    private Scene scene(String compressor, String budget, String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), compressor, FeedbackMethod.EF21)
                .create(
                        "ef21-norm",
                        50,
                        "\"privacy\":{\"normalization\":\"clip\",\"bound\":1,\"noiseMultiplier\":20,\"budget\":"
                                + budget + more + "}");
    }

    private static void answer(Scene scene, int round) {
        TestDevice device = scene.devices.get(0);
        double[] gradient = GRADIENT.clone();
        gradient[0] += round;
        TestDevice.Sent sent = device.stage(round, gradient);
        assertThat(device.put(sent).status()).isEqualTo(201);
        device.commit(sent);
    }

    /**
     * A cloned run gets different messages about the same data, so the privacy that a device has spent counts there
     * too.
     */
    @Test
    void countsWhatADeviceSpendsInOtherRunsOnTheSameData() {
        double two = RenyiAccountant.epsilon(10, 2, 1e-6);
        String budget = "{\"epsilon\":" + 1.01 * two + ",\"delta\":1e-6}";
        Scene first =
                scene("identity", budget, ",\"dataset\":\"diary\"").members(1).start();
        Scene clone = scene("identity", budget, ",\"dataset\":\"diary\"").members(1);
        Scene other = scene("identity", budget, ",\"dataset\":\"photos\"");
        Http same = first.devices.get(0).http();
        List<TestDevice> again = List.of(clone, other).stream()
                .map(scene -> new TestDevice(same, scene.run, "", Scene.DIMENSION, "identity", FeedbackMethod.EF21))
                .toList();
        again.forEach(device -> assertThat(device.join(1).status()).isEqualTo(201));
        List.of(clone, other).forEach(Scene::start);
        answer(first, 0);
        first.awaitClosed(0);
        assertThat(first.devices.get(0).task(0).status()).isEqualTo(200);
        answer(clone, 0);
        TestDevice device = again.get(0);
        TestDevice.Sent sent = device.stage(0, GRADIENT);
        assertThat(device.put(sent).status()).isEqualTo(201);
        device.commit(sent);
        clone.awaitClosed(0);

        Reply view = clone.view();
        assertThat(view.get("state")).isEqualTo("paused");
        assertThat(view.get("stopReason")).isEqualTo("privacy-budget");
        assertThat(view.json().get("privacySpent"))
                .isEqualTo(Map.of("messages", 1, "epsilon", two, "delta", 1e-6, "maxMessages", 2));
        Reply third = first.devices.get(0).put(first.devices.get(0).stage(1, GRADIENT));
        assertThat(third.status()).isEqualTo(422);
        assertThat(third.get("detail")).contains("others that share the data set 'diary'");
        assertThat(again.get(1).put(again.get(1).stage(0, GRADIENT)).status())
                .as("another data set")
                .isEqualTo(201);

        clone.act("resume");
        assertThat(device.task(0).status()).as("the device is not asked").isEqualTo(204);
        answer(clone, 1);
        clone.awaitClosed(1);
    }

    @Test
    void pausesWhenADeviceHasSpentItsBudgetAndThenAcceptsNothingFromIt() {
        double two = RenyiAccountant.epsilon(10, 2, 1e-6);
        Scene scene = scene("identity", "{\"epsilon\":" + 1.01 * two + ",\"delta\":1e-6}")
                .members(1)
                .start();
        TestDevice device = scene.devices.get(0);
        Map<?, ?> plan =
                (Map<?, ?>) Objects.requireNonNull(device.membership().json().get("plan"));
        assertThat(plan.get("privacy"))
                .isEqualTo(Map.of(
                        "by",
                        "device",
                        "mechanism",
                        "clip:1.0:20.0",
                        "delta",
                        1e-6,
                        "epsilon",
                        1.01 * two,
                        "maxMessages",
                        2));
        answer(scene, 0);
        assertThat(scene.await(device, 0).number("round")).isEqualTo(1);
        assertThat(scene.view().get("state")).isEqualTo("running");

        answer(scene, 1);
        eventually().until(() -> scene.view().get("state").equals("paused"));
        assertThat(scene.view().get("stopReason")).isEqualTo("privacy-budget");
        assertThat(scene.view().get("message")).contains("2 messages");
        assertThat(scene.view().json().get("privacySpent"))
                .isEqualTo(Map.of("messages", 2, "epsilon", two, "delta", 1e-6, "maxMessages", 2));

        assertThat(scene.record(0).json().get("epsilon")).isEqualTo(RenyiAccountant.epsilon(10, 1, 1e-6));
        assertThat(scene.record(1).json().get("epsilon")).isEqualTo(two);

        scene.act("resume");
        Reply third = device.put(device.stage(2, GRADIENT));
        assertThat(third.status()).isEqualTo(422);
        assertThat(third.get("type")).endsWith("plan-exceeded");
    }

    @Test
    void eachDeviceHasTheWeightOneAndJoinsOnce() {
        Scene scene = scene("identity", "{\"delta\":1e-6}").members(2).start();
        TestDevice heavy = scene.device();
        Reply refused = heavy.join(12);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.get("field")).isEqualTo("weight");

        TestDevice leaver = scene.devices.get(1);
        assertThat(leaver.leave().status()).isEqualTo(204);
        answer(scene, 0);
        eventually().until(() -> scene.view().number("round") > 0 || closeFor(scene));
        assertThat(leaver.join(1).status()).isEqualTo(409);
    }

    /** Answers round 0 with the leaving device, which the round has selected. */
    private static boolean closeFor(Scene scene) {
        TestDevice leaver = scene.devices.get(1);
        leaver.put(leaver.stage(0, GRADIENT));
        return false;
    }
}
