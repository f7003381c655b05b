package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.wire.Report;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** A run with the adaptive step, trained through the API by devices with unlike data, one of which joins or leaves at convergence. */
@CoordinatorTest
class AdaptiveStepTest {

    private static final int CONVERGED = 60;
    private static final int ROUNDS = 110;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:1", FeedbackMethod.EF21)
                .create(
                        "ef21",
                        ROUNDS,
                        "\"step\":\"sufficient-decrease\",\"gamma\":\"constant:1\",\"stop\":{\"divergence\":\"off\"}")
                .members(4)
                .start();
    }

    /** Logistic regression on samples of one device, of which later devices have more, and mostly one class. */
    private static final class Loss {

        private final double[][] samples;

        Loss(int device) {
            SplitMix64 random = new SplitMix64(device);
            samples = new double[4 + 12 * device][Scene.DIMENSION];
            for (double[] sample : samples) {
                double margin = 0.4 * (device % 2 == 0 ? 1 : -1) + 0.5 * (random.nextDouble() - 0.5);
                for (int j = 0; j < sample.length; j++) {
                    sample[j] = 4 * (random.nextDouble() - 0.5) / (1 + j);
                    margin += sample[j] * (j % 2 == 0 ? 1 : -1);
                }
                for (int j = 0; margin < 0 && j < sample.length; j++) {
                    sample[j] = -sample[j];
                }
            }
        }

        /** Returns the loss, and puts its gradient into g. */
        double at(double[] x, double[] g) {
            double loss = 0;
            for (double[] sample : samples) {
                double margin = 0;
                for (int j = 0; j < x.length; j++) {
                    margin += sample[j] * x[j];
                }
                loss += Math.log1p(Math.exp(-margin)) / samples.length;
                for (int j = 0; j < x.length; j++) {
                    g[j] -= sample[j] / (1 + Math.exp(margin)) / samples.length;
                }
            }
            return loss;
        }
    }

    /** Lets all devices answer a round; returns the mean of their losses. */
    private static double round(Scene scene, List<TestDevice> members, int round) {
        double mean = 0;
        double[] model = members.get(0).model(round);
        for (TestDevice device : members) {
            double[] gradient = new double[Scene.DIMENSION];
            double loss = new Loss(scene.devices.indexOf(device)).at(model, gradient);
            Report report =
                    new Report(1, OptionalDouble.of(loss), OptionalDouble.empty(), OptionalDouble.empty(), Map.of());
            TestDevice.Sent sent = device.stage(round, gradient, report);
            assertThat(device.put(sent).status()).isEqualTo(201);
            device.commit(sent);
            mean += loss / members.size();
        }
        scene.awaitClosed(round);
        return mean;
    }

    private static List<Double> train(Scene scene, Runnable change, boolean leaves) {
        List<TestDevice> members = new ArrayList<>(scene.devices);
        List<Double> losses = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            if (round == CONVERGED) {
                change.run();
            }
            losses.add(round(scene, members, round));
            if (round == CONVERGED) {
                // Members come and go between two rounds.
                members = new ArrayList<>(scene.devices.subList(leaves ? 1 : 0, scene.devices.size()));
            }
        }
        return losses;
    }

    private static void assertStaysLow(List<Double> losses) {
        assertThat(losses.get(CONVERGED)).as("the loss before the change").isLessThan(0.9 * losses.get(0));
        double allowed = 1.1 * Math.max(losses.get(CONVERGED), losses.get(CONVERGED + 1));
        assertThat(Collections.max(losses.subList(CONVERGED + 1, ROUNDS)))
                .as(() -> losses.subList(CONVERGED, ROUNDS).toString())
                .isLessThan(allowed);
        assertThat(losses.get(ROUNDS - 1)).isLessThanOrEqualTo(losses.get(CONVERGED + 1));
    }

    @Test
    void theLossStaysLowWhenADeviceJoinsAtConvergence() {
        Scene scene = scene();
        assertStaysLow(train(scene, () -> scene.member(1), false));
    }

    @Test
    void theLossStaysLowWhenADeviceLeavesAtConvergence() {
        Scene scene = scene();
        assertStaysLow(train(scene, () -> scene.devices.get(0).leave(), true));
    }
}
