package io.evenkeel.cli.demo;

import io.evenkeel.core.vector.SplitMix64;

/**
 * Which devices miss which rounds: in every round the same number, drawn anew from the seed.
 *
 * <p>The number is fixed, so that the coordinator can be told to close a round when all the others have answered. Were it
 * random, only time could close the round, and who was in time would depend on the machine.
 *
 * @param devices n, at least 1
 * @param missing how many miss a round, below n
 * @param seed decides who
 */
record Absences(int devices, int missing, long seed) {

    Absences {
        if (missing < 0 || missing >= devices) {
            throw new IllegalArgumentException(
                    missing + " of " + devices + " devices cannot miss a round: at least one answers");
        }
    }

    /** Returns how many answer in a round. */
    int answering() {
        return devices - missing;
    }

    /** Tells whether a device, counted from 0, misses a round. */
    boolean misses(int device, int round) {
        SplitMix64 random = new SplitMix64(SplitMix64.derive(seed, round));
        // Selection sampling: each device in turn is missing with the chance that is left (Knuth, TAOCP 2, 3.4.2, S).
        int left = missing;
        for (int i = 0; i < device; i++) {
            left -= random.next(devices - i) < left ? 1 : 0;
        }
        return random.next(devices - device) < left;
    }
}
