package io.evenkeel.benchmarks;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;
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
 * Measures a device's work in a round without its gradient, K = 0.01 d, compared with one pass that sums the gradient's
 * squares.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DeviceBenchmark {

    private static final int TIED = 64;

    /** d of ResNet-20 and of ResNet-18. */
    @Param({"269722", "11173962"})
    @SuppressWarnings("NullAway.Init")
    public int dimension;

    /** Normally distributed values, or values from a set of 64. */
    @Param({"normal", "ties"})
    @SuppressWarnings("NullAway.Init")
    public String values;

    /** The coding of the values. */
    @Param({"float32", "log:5"})
    @SuppressWarnings("NullAway.Init")
    public String coding;

    private double[] gradient = new double[0];
    private double[] g = new double[0];
    private ErrorFeedback feedback = ErrorFeedback.start(FeedbackMethod.EF21, 1);
    private Compressor compressor = CompressorSpec.parse("top-k:1").bind(TensorLayout.flat(1));

    /** The constructor for JMH. */
    public DeviceBenchmark() {}

    /** Draws a gradient, and the g after an earlier one. */
    @Setup
    public void prepare() {
        gradient = draw(1);
        g = draw(2);
        feedback = ErrorFeedback.restore(FeedbackMethod.EF21, dimension, List.of(g));
        compressor = CompressorSpec.parse("top-k:0.01+" + coding).bind(TensorLayout.flat(dimension));
    }

    /** Sums of twelve uniform numbers. */
    private double[] draw(long seed) {
        SplitMix64 random = new SplitMix64(seed);
        double[] drawn = new double[dimension];
        for (int j = 0; j < dimension; j++) {
            double sum = -6;
            for (int i = 0; i < 12; i++) {
                sum += (random.next() >>> 11) * 0x1p-53;
            }
            drawn[j] = values.equals("ties") ? Math.rint(sum * TIED / 8) : sum;
        }
        return drawn;
    }

    /** The baseline: one pass that sums the squares in order. */
    @Benchmark
    public double norm() {
        double sum = 0;
        for (double value : gradient) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }

    /** Selects Top-K of the gradient, and rounds the values. */
    @Benchmark
    public CompressedVector topK() {
        return compressor.compress(gradient, null, 1);
    }

    /** Selects Top-K of the gradient minus g, computing the difference on the fly. */
    @Benchmark
    public CompressedVector topKOfDifference() {
        return compressor.compress(gradient, g, 1);
    }

    /** Takes the whole step: checks the gradient, subtracts g, selects, rounds, and encodes a message. */
    @Benchmark
    public byte[] stage() {
        Staged staged = feedback.stage(gradient, 1, compressor, 1);
        Report report = new Report(
                100, OptionalDouble.of(1.5), OptionalDouble.empty(), OptionalDouble.empty(), new TreeMap<>());
        return new Message(1, 0, report, staged.delta()).encode();
    }
}
