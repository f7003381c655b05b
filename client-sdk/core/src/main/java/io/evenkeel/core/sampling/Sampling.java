package io.evenkeel.core.sampling;

import io.evenkeel.core.vector.SplitMix64;
import java.util.Arrays;

/**
 * Draws the participants of a round uniformly and without replacement, by a partial Fisher-Yates shuffle.
 *
 * <p>The draw depends only on the run's seed and the round's number, so it can be repeated at any time and is
 * not stored.
 */
public final class Sampling {

    private Sampling() {}

    /**
     * Draws positions in a list of members, in no particular order.
     *
     * @param members the number of members
     * @param count the number to draw, from 0 to {@code members}; if it is {@code members}, the positions are
     *     in ascending order
     * @param seed the run's seed
     */
    public static int[] positions(int members, int count, long seed, int round) {
        int[] positions = new int[members];
        for (int i = 0; i < members; i++) {
            positions[i] = i;
        }
        if (count < members) {
            shuffleFirst(positions, count, new SplitMix64(SplitMix64.derive(seed, round)));
        }
        return Arrays.copyOf(positions, count);
    }

    private static void shuffleFirst(int[] values, int count, SplitMix64 random) {
        for (int i = 0; i < count; i++) {
            int j = i + random.next(values.length - i);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }
}
