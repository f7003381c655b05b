package io.evenkeel.trial.data;

import io.evenkeel.core.vector.SplitMix64;

/** Seeded permutations, the same on every JVM (Fisher and Yates; Durstenfeld 1964). */
final class Shuffle {

    private Shuffle() {}

    /** Returns the numbers from 0 to {@code size - 1} in a random order. */
    static int[] permutation(int size, SplitMix64 random) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        shuffle(order, random);
        return order;
    }

    /** Shuffles the values; all orders are equally likely. */
    static void shuffle(int[] values, SplitMix64 random) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = random.next(i + 1);
            int held = values[i];
            values[i] = values[j];
            values[j] = held;
        }
    }
}
