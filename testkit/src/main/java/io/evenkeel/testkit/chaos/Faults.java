package io.evenkeel.testkit.chaos;

import io.evenkeel.core.vector.SplitMix64;

/** Decides which requests meet with a fault. */
@FunctionalInterface
interface Faults {

    /** Draws the next request's fault. Called by many threads. */
    Fault next(HttpText request);

    /**
     * Draws from a seed: of the messages the given share meets with a fault, of everything else a quarter of it.
     *
     * @param share in [0, 1]
     */
    static Faults seeded(long seed, double share) {
        SplitMix64 random = new SplitMix64(seed);
        Fault[] kinds = Fault.values();
        return request -> {
            synchronized (random) {
                double chance = request.isMessage() ? share : share / 4;
                if (random.nextDouble() >= chance) {
                    return Fault.NONE;
                }
                Fault drawn = kinds[1 + random.next(kinds.length - 1)];
                // A long poll that is asked twice or late says nothing about messages.
                return drawn == Fault.REORDERED && !request.isMessage() ? Fault.CUT_BEFORE : drawn;
            }
        };
    }
}
