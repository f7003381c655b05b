package io.evenkeel.benchmarks;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
 * Measures the coordinator's work for one message without HTTP and database: the check when it arrives, and
 * the addition when its round closes.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CoordinatorBenchmark {

    /** Enough different messages that a message's sums are not cached from the previous one. */
    private static final int MESSAGES = 16;

    /** d of ResNet-20 and of ResNet-18. */
    @Param({"269722", "11173962"})
    @SuppressWarnings("NullAway.Init")
    public int dimension;

    private final byte[][] encoded = new byte[MESSAGES][];
    private final CompressedVector[] decoded = new CompressedVector[MESSAGES];
    private double[] sum = new double[0];
    private int[] places = new int[0];
    private double[] terms = new double[0];
    private FrameLimits limits = FrameLimits.of(1);
    private int turn;

    /** For JMH. */
    public CoordinatorBenchmark() {}

    /** Creates the messages, K = 0.01 d. */
    @Setup
    public void prepare() {
        for (int i = 0; i < MESSAGES; i++) {
            Message message = RandomMessages.message(dimension, dimension / 100, i + 1L);
            encoded[i] = message.encode();
            decoded[i] = message.delta();
        }
        sum = new double[dimension];
        int count = dimension / 100;
        places = IntStream.range(0, count).map(k -> 100 * k + 37 * k % 100).toArray();
        terms = IntStream.range(0, count).mapToDouble(k -> k % 7 - 3).toArray();
        limits = FrameLimits.of(dimension);
    }

    /** The baseline: a loop that adds the number of values of a message, at as many positions. */
    @Benchmark
    public double[] scatter() {
        for (int k = 0; k < places.length; k++) {
            sum[places[k]] += 0.5 * terms[k];
        }
        return sum;
    }

    /** Decodes and validates a message. */
    @Benchmark
    public Message decode() {
        return Message.decode(encoded[next()], limits);
    }

    /** Digests a message for the chain. */
    @Benchmark
    public long digest() {
        return Digest.of(encoded[next()]);
    }

    /** Adds a decoded message to S. */
    @Benchmark
    public double[] add() {
        decoded[next()].addTo(sum, 0.5);
        return sum;
    }

    /** Measures the work for each message when a round closes: verifying, decoding and adding it. */
    @Benchmark
    public double[] addVerified() {
        byte[] bytes = encoded[next()];
        Message message = Message.decode(bytes, limits);
        message.delta().addTo(sum, Digest.of(bytes) == 0 ? 1 : 0.5);
        return sum;
    }

    private int next() {
        turn = (turn + 1) % MESSAGES;
        return turn;
    }
}
