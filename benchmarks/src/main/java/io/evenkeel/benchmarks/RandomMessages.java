package io.evenkeel.benchmarks;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Creates messages of float32 values on random supports, deterministically. */
final class RandomMessages {

    private RandomMessages() {}

    /**
     * Creates a client's first message.
     *
     * @param dimension d
     * @param count K
     * @param seed the seed of the message
     */
    static Message message(int dimension, int count, long seed) {
        Report report = new Report(
                100, OptionalDouble.of(1.5), OptionalDouble.empty(), OptionalDouble.empty(), new TreeMap<>());
        return new Message(1, 0, report, vector(dimension, count, seed));
    }

    private static CompressedVector vector(int dimension, int count, long seed) {
        Support.Seeded drawn = new Support.Seeded(dimension, count, seed);
        SplitMix64 random = new SplitMix64(seed);
        int[] indices = new int[count];
        double[] values = new double[count];
        for (int j = 0; j < count; j++) {
            indices[j] = drawn.index(j);
            values[j] = (float) ((random.next() >> 11) * 0x1p-53);
        }
        return new CompressedVector(new Support.Listed(dimension, indices), ValueCoding.FLOAT32, values);
    }
}
