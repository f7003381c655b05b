package io.evenkeel.cli.demo;

import io.evenkeel.core.vector.SplitMix64;

/**
 * Decides which devices miss which rounds: the same number in each round, drawn from the seed.
 *
 * <p>The number is fixed, so that the coordinator can close a round when all the others have answered. With a random
 * number, only a timeout could close the round, and the machine's speed would determine which devices answer
 * in time.
 *
 * @param devices n, at least 1
 * @param missing the number of devices that miss a round, below n
 * @param seed the seed of the draw
 */
record Absences(int devices, int missing, long seed) {

    Absences {
        if (missing < 0 || missing >= devices) {
            throw new IllegalArgumentException(
                    missing + " of " + devices + " devices cannot miss a round: at least one answers");
        }
    }

    /** Returns the number of devices that answer in a round. */
    int answering() {
        return devices - missing;
    }

    /** Returns whether a device, counted from 0, misses a round. */
    boolean misses(int device, int round) {
        SplitMix64 random = new SplitMix64(SplitMix64.derive(seed, round));
        // Selection sampling: each device in turn misses with the remaining probability (Knuth, TAOCP 2, 3.4.2, S).
        int left = missing;
        for (int i = 0; i < device; i++) {
            left -= random.next(devices - i) < left ? 1 : 0;
        }
        return random.next(devices - device) < left;
    }
}
