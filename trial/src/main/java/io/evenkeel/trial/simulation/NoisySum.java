package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.NoiseSource;
import io.evenkeel.core.secagg.VectorWords;
import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * The sum of a round's messages with noise in shares: the words that a cohort of devices sends, added modulo 2^32.
 * Masks are omitted, since they cancel. Not thread-safe.
 */
final class NoisySum {

    private final CohortNoise noise;
    private final NoiseSource source;
    private final VectorWords coding;
    private int[] sum = new int[0];
    private Support support = new Support.All(1);

    /**
     * @param members the number of messages in a sum
     * @param source the source of the clients' noise, used once per
     *     message
     */
    NoisySum(CohortNoise noise, int members, NoiseSource source) {
        this.noise = noise;
        this.source = source;
        this.coding = new VectorWords(noise.grid().exponent(), members);
    }

    /** Adds a client's message, on the grid of the noise, and its share of the noise. */
    void add(CompressedVector message) {
        double[] values = new double[message.count()];
        Arrays.setAll(values, message::value);
        int[] words = coding.encode(values, OptionalDouble.empty());
        noise.add(words, values.length, source);
        if (sum.length == 0) {
            sum = new int[words.length];
            support = message.support();
        }
        Arrays.setAll(sum, j -> sum[j] + words[j]);
    }

    /** Returns the sum, and starts the next one. */
    CompressedVector take() {
        CompressedVector taken = new CompressedVector(support, ValueCoding.FLOAT64, coding.values(sum));
        sum = new int[0];
        return taken;
    }
}
