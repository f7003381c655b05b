package io.evenkeel.benchmarks;

import io.evenkeel.core.compress.CompressedVector;
import java.util.Arrays;
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
 * Compares a round's sum in the order of the members with a sum that has the same bits in any order, over
 * ranges of coordinates that fit into a core's cache.
 *
 * @see <a href="https://doi.org/10.1109/ARITH.2013.9">Demmel and Nguyen, Fast Reproducible Floating-Point Summation</a>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SumBenchmark {

    private static final int RANGE = 1 << 15;

    /**
     * Twice the largest term times the number of terms, which is at most 2^20; determines the first of the two units.
     */
    private static final double COARSE = 1.5 * 0x1p22;

    /** The remainder after the coarse unit is smaller than 2^-31. */
    private static final double FINE = 1.5 * 0x1p-11;

    /**
     * d: that of ResNet-20, with 1,000 messages, and one that needs a hundred times more memory per message,
     * with 50 messages.
     */
    @Param({"269722", "11173962"})
    @SuppressWarnings("NullAway.Init")
    public int dimension;

    private CompressedVector[] messages = new CompressedVector[0];
    private double[] sum = new double[0];

    /** For JMH. */
    public SumBenchmark() {}

    /** Creates the messages, K = 0.01 d, with values below 1. */
    @Setup
    public void prepare() {
        messages = new CompressedVector[dimension < 1_000_000 ? 1_000 : 50];
        for (int i = 0; i < messages.length; i++) {
            messages[i] =
                    RandomMessages.message(dimension, dimension / 100, i + 1L).delta();
        }
        sum = new double[dimension];
    }

    /** Adds the messages as the closing of a round does. */
    @Benchmark
    public double[] inOrder() {
        int[] next = new int[messages.length];
        for (int end = Math.min(RANGE, dimension); ; end = Math.min(dimension, end + RANGE)) {
            for (int i = 0; i < messages.length; i++) {
                next[i] = messages[i].addTo(sum, 0.5, next[i], end);
            }
            if (end == dimension) {
                return sum;
            }
        }
    }

    /** Splits each term into two multiples of common units, whose sums are exact. */
    @Benchmark
    public double[] inAnyOrder() {
        int[] next = new int[messages.length];
        double[] coarse = new double[RANGE];
        double[] fine = new double[RANGE];
        for (int from = 0; from < dimension; from += RANGE) {
            int end = Math.min(dimension, from + RANGE);
            Arrays.fill(coarse, 0);
            Arrays.fill(fine, 0);
            for (int i = 0; i < messages.length; i++) {
                next[i] = split(messages[i], next[i], from, end, coarse, fine);
            }
            for (int j = from; j < end; j++) {
                sum[j] += coarse[j - from] + fine[j - from];
            }
        }
        return sum;
    }

    private static int split(CompressedVector message, int next, int from, int end, double[] coarse, double[] fine) {
        int j = next;
        while (j < message.count() && message.index(j) < end) {
            int place = message.index(j) - from;
            double term = 0.5 * message.value(j);
            double multiple = (term + COARSE) - COARSE;
            coarse[place] += multiple;
            fine[place] += (term - multiple + FINE) - FINE;
            j++;
        }
        return j;
    }
}
