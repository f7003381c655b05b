package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.PlainStep;
import io.evenkeel.core.step.StepMemory;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.Report;
import io.evenkeel.core.wire.UpdateReader;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tests runs whose step averages each coordinate over the devices that sent it, and tests bounds on the contribution of
 * a message.
 */
@CoordinatorTest
class ScatterMeanRunTest {

    private static final int D = Scene.DIMENSION;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene(String algorithm, String more, double... weights) {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:3", FeedbackMethod.EF14_DECAY)
                .create(algorithm, 3, "\"gamma\":\"0.5\"" + more);
        for (double weight : weights) {
            scene.member(weight);
        }
        return scene.start();
    }

    private static CompressedVector vector(int[] indices, double... values) {
        return new CompressedVector(new Support.Listed(D, indices), ValueCoding.FLOAT32, values);
    }

    private static void send(Scene scene, int round, CompressedVector... messages) {
        for (int i = 0; i < messages.length; i++) {
            scene.devices.get(i).send(round, messages[i], Report.of(1));
        }
        scene.awaitClosed(round);
    }

    @Test
    void eachCoordinateIsAveragedOverItsSendersAndDevicesRepeatTheStep() {
        Scene scene = scene("ef14-decay-scatter-mean", "", 1, 2, 3);
        send(scene, 0, vector(new int[] {0, 1}, 4, 1), vector(new int[] {1, 3}, 4, 7), vector(new int[] {1, 5}, 3, -2));
        send(scene, 1, vector(new int[] {0}, 2), vector(new int[] {0}, -1), vector(new int[] {2}, 8));
        assertThat(scene.replica(1).x()).containsExactly(-2, -0.5 * 18 / 6, 0, -3.5, 0, 1);
        assertThat(scene.replica(2).x()).containsExactly(-2, -0.5 * 18 / 6, -4, -3.5, 0, 1);
        byte[] bytes = scene.devices
                .get(0)
                .http()
                .get("/runs/" + scene.run + "/rounds/2/update?since=0")
                .body();
        Replica start = scene.replica(0);
        ModelState state =
                new ModelState(TensorLayout.flat(D), new PlainStep(), start.x(), start.sum(), false, StepMemory.none());
        new UpdateReader(bytes, 0, bytes.length, FrameLimits.of(D)).forEachRemaining(update -> {
            update.applyTo(state.sum());
            state.repeat(new StepScale(update.factor(), update.divisors(), 0, new double[0]));
        });
        assertThat(state.x()).isEqualTo(scene.replica(2).x());
    }

    /** No other device sends the coordinates of the faulty device, so only the bound limits them. */
    @Test
    void aBoundOnMessagesLimitsAFaultyDevice() {
        double honest = 0.5 * Norm.l2(new double[] {3, 4});
        for (String robust : new String[] {"", ",\"robust\":\"clip:1\""}) {
            Scene scene = scene("ef14-decay-scatter-mean", robust, 1, 1, 1);
            send(
                    scene,
                    0,
                    vector(new int[] {0, 1}, 3, 4),
                    vector(new int[] {0, 1}, 3, 4),
                    vector(new int[] {3, 4}, 3e9, -4e9));
            double[] x = scene.replica(1).x();
            assertThat(x[0]).isEqualTo(-1.5);
            assertThat(x[1]).isEqualTo(-2);
            double moved = Norm.l2(x, 3, 5);
            assertThat(moved <= honest * (1 + 1e-12)).isEqualTo(!robust.isEmpty());
        }
    }

    @Test
    void aBoundOnMessagesAlsoAppliesToThePlainMean() {
        Scene scene = scene("ef14-decay", ",\"robust\":\"clip:2\"", 1, 1, 1);
        send(scene, 0, vector(new int[] {0}, 1), vector(new int[] {0}, 2), vector(new int[] {0}, -400));
        assertThat(scene.replica(1).x()[0]).isEqualTo(-0.5 * (1 + 2 - 4) / 3.0);
    }
}
