package io.evenkeel.benchmarks;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.vector.SplitMix64;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the time per value, including its index, in a frame of 20,000 of 2,000,000 values. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OperationsPerInvocation(FrameBenchmark.COUNT)
public class FrameBenchmark {

    static final int COUNT = 20_000;
    private static final int DIMENSION = 2_000_000;

    /** The coding of the values. */
    @Param({"float32", "bf16", "natural", "log:5", "log:8"})
    @SuppressWarnings("NullAway.Init")
    public String coding;

    /** Their positions: random, or every second one in rows of a hundred. */
    @Param({"random", "rows"})
    @SuppressWarnings("NullAway.Init")
    public String support;

    private CompressedVector vector = new CompressedVector(new Support.All(1), ValueCoding.FLOAT32, new double[] {1});
    private byte[] frame = new byte[0];
    private final FrameLimits limits = FrameLimits.of(DIMENSION);

    /** For JMH. */
    public FrameBenchmark() {}

    /** Draws the vector: small values are more frequent, as after Top-K. */
    @Setup
    public void prepare() {
        SplitMix64 random = new SplitMix64(1);
        double[] values = new double[COUNT];
        Arrays.setAll(values, j -> (random.next(2) == 0 ? -1 : 1) / Math.sqrt(0.01 + random.nextDouble()));
        ValueCoding written = Arrays.stream(ValueCoding.values())
                .filter(each -> each.text().equals(coding))
                .findFirst()
                .orElseThrow();
        written.round(values);
        vector = new CompressedVector(new Support.Listed(DIMENSION, indices()), written, values);
        frame = FrameCodec.encode(vector);
    }

    private int[] indices() {
        boolean rows = support.equals("rows");
        int length = rows ? 100 : 1;
        int inRow = rows ? 50 : 1;
        Support.Seeded drawn = new Support.Seeded(DIMENSION / length, COUNT / inRow, 2);
        int[] indices = new int[COUNT];
        for (int row = 0; row < drawn.count(); row++) {
            Support.Seeded within = new Support.Seeded(length, inRow, row);
            for (int j = 0; j < inRow; j++) {
                indices[row * inRow + j] = drawn.index(row) * length + within.index(j);
            }
        }
        return indices;
    }

    /** Chooses the codings of indices and values, and writes the frame. */
    @Benchmark
    public byte[] encode() {
        return FrameCodec.encode(vector);
    }

    /** Reads and checks the frame. */
    @Benchmark
    public CompressedVector decode() {
        return FrameCodec.decode(frame, limits);
    }
}
