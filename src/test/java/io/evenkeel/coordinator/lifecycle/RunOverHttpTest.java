package io.evenkeel.coordinator.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class RunOverHttpTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Test
    void takesTheStepsOfPlainGradientDescentWithUncompressedGradients() {
        int rounds = 5;
        double[] weights = {1, 2.5, 0.3};
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "identity+float64", FeedbackMethod.NONE)
                .create("gd", rounds, "\"gamma\":\"anytime:0.7:0.3\"");
        for (double weight : weights) {
            scene.member(weight);
        }
        Reply waiting = scene.devices.get(0).http().get("/runs/" + scene.run + "/members/me");
        assertThat(waiting.get("state")).isEqualTo("created");
        assertThat(waiting.number("members")).isEqualTo(3);
        assertThat(waiting.number("minParticipants")).isPositive();
        scene.start();

        double[] x = new double[Scene.DIMENSION];
        for (int k = 0; k < rounds; k++) {
            double[] sum = new double[Scene.DIMENSION];
            double total = 0;
            for (int i = 0; i < weights.length; i++) {
                TestDevice device = scene.devices.get(i);
                assertThat(scene.await(device, k - 1).number("round")).isEqualTo(k);
                assertThat(device.model(k)).isEqualTo(x);
                double[] gradient = TestDevice.gradient(x, i);
                device.answer(k, gradient);
                for (int j = 0; j < x.length; j++) {
                    sum[j] += weights[i] * gradient[j];
                }
                total += weights[i];
            }
            double gamma = 0.7 * StrictMath.pow(k + 1.0, -0.3);
            for (int j = 0; j < x.length; j++) {
                x[j] -= gamma * (sum[j] / total);
            }
        }

        Reply end = scene.await(scene.devices.get(0), rounds - 1);
        assertThat(end.get("state")).isEqualTo("finished");
        assertThat(scene.devices.get(0).model(rounds)).isEqualTo(x);
        assertThat(scene.record(rounds - 1).number("participants")).isEqualTo(3);
        assertThat(scene.view().get("state")).isEqualTo("finished");
        // A device that returns uses these responses.
        assertThat(scene.devices.get(0).join(1).problem()).isEqualTo("wrong-state");
        assertThat(scene.devices
                        .get(0)
                        .http()
                        .get("/runs/" + scene.run + "/members/me")
                        .number("round"))
                .isEqualTo(rounds - 1);
    }
}
