package io.evenkeel.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.algorithm.Algorithm;
import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.vector.TensorLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class InProcessRunTest {

    private static final TensorLayout LAYOUT = TensorLayout.flat(2);

    private static InProcessRun run(Preset preset, String compressor, double gamma, int rounds) {
        Algorithm algorithm =
                Algorithm.builder(preset).gamma(new Schedule.Constant(gamma)).build(OptionalDouble.empty(), rounds - 1);
        return new InProcessRun(
                algorithm, CompressorSpec.parse(compressor).bind(LAYOUT), LAYOUT, rounds, new double[2], 1);
    }

    /** ||x - target||^2 / 2. */
    private static InProcessRun.Loss distance(double... target) {
        return (x, round, gradient) -> {
            double loss = 0;
            for (int j = 0; j < x.length; j++) {
                gradient[j] = x[j] - target[j];
                loss += gradient[j] * gradient[j] / 2;
            }
            return loss;
        };
    }

    @Test
    void descendsToTheWeightedMeanOfTheDevicesOptima() {
        InProcessRun run = run(Preset.GD, "identity", 0.5, 60);
        run.join(distance(4, 0), 3);
        run.join(distance(0, 8), 1);
        for (int round = 0; round < 60; round++) {
            run.step(InProcessRun.Attendance.FULL, message -> {});
        }
        assertThat(run.x()).containsExactly(new double[] {3, 2}, within(1e-6));
    }

    @Test
    void takesTheFirstStepByTheFormula() {
        InProcessRun run = run(Preset.EF21_NORM, "top-k:1", 0.5, 1);
        run.join(distance(3, 1), 1);
        run.join(distance(1, 4), 1);
        run.step(InProcessRun.Attendance.FULL, message -> {});
        // Top-1 of (-3, -1) and (-1, -4): the sum is (-3, -4), its norm 5.
        assertThat(run.x()).containsExactly(0.5 * (3.0 / 5), 0.5 * (4.0 / 5));
    }

    @Test
    void keepsTheEarlierMessagesOfASilentDeviceInTheSum() {
        InProcessRun run = run(Preset.EF21_NORM, "identity", 0.5, 2);
        run.join(distance(1, 0), 1);
        run.join(distance(0, 1), 1);
        List<Integer> sizes = new ArrayList<>();
        run.step(InProcessRun.Attendance.FULL, message -> sizes.add(message.count()));
        run.step((device, round) -> device == 1, message -> sizes.add(message.count()));
        assertThat(sizes).hasSize(3);
        // The first device's g is now (x - 1, x), and the second's is still (0, -1); both steps are along (1, 1).
        double each = 0.5 / Math.sqrt(2);
        assertThat(run.x()).containsExactly(new double[] {2 * each, 2 * each}, within(1e-12));
    }

    @Test
    void dropsTheEarlierMessagesOfASilentDeviceIfTheSumDoesNotPersist() {
        InProcessRun run = run(Preset.GD, "identity", 0.5, 2);
        run.join(distance(1, 0), 1);
        run.join(distance(0, 1), 1);
        run.step(InProcessRun.Attendance.FULL, message -> {});
        run.step((device, round) -> device == 1, message -> {});
        // The first step leads to (0.25, 0.25), and the second halfway from there to (1, 0).
        assertThat(run.x()).containsExactly(0.625, 0.125);
    }
}
