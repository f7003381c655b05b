package io.evenkeel.benchmarks;

import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the coordinator's step of a round with the tensors of ResNet-18 for 1,000 classes: d = 11,683,752
 * without norms.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
public class StepBenchmark {

    /** The step rule. */
    @Param({"normalized", "layerwise-normalized", "fedadam", "muon"})
    @SuppressWarnings("NullAway.Init")
    public String rule;

    private ModelState state = state("plain");

    /** For JMH. */
    public StepBenchmark() {}

    /** Draws S. */
    @Setup
    public void draw() {
        state = state(rule);
    }

    private static ModelState state(String rule) {
        TensorLayout layout = resNet18();
        double[] x = new double[layout.dimension()];
        ModelState state = ModelState.start(layout, StepRule.parse(rule), x, true);
        SplitMix64 random = new SplitMix64(1);
        for (int j = 0; j < x.length; j++) {
            state.sum()[j] = random.nextDouble() - 0.5;
        }
        return state;
    }

    private static TensorLayout resNet18() {
        List<List<Integer>> shapes = new ArrayList<>(List.of(List.of(64, 3, 7, 7)));
        int before = 64;
        for (int after : new int[] {64, 128, 256, 512}) {
            for (int block = 0; block < 2; block++) {
                shapes.add(List.of(after, before, 3, 3));
                shapes.add(List.of(after, after, 3, 3));
                if (before != after) {
                    shapes.add(List.of(after, before, 1, 1));
                }
                before = after;
            }
        }
        shapes.add(List.of(1000, 512));
        shapes.add(List.of(1000));
        List<Tensor> tensors = new ArrayList<>();
        shapes.forEach(shape -> tensors.add(new Tensor("t" + tensors.size(), shape)));
        return TensorLayout.of(tensors);
    }

    /** Takes a step. */
    @Benchmark
    public StepScale step() {
        return state.step(StepInput.of(1, 1e-3));
    }
}
