package io.evenkeel.testkit.chaos.proxy;

import io.evenkeel.core.vector.SplitMix64;

/** Chooses the faults of requests. */
@FunctionalInterface
public interface Faults {

    /** Returns the fault of the next request. Thread-safe. */
    Fault next(HttpText request);

    /**
     * Returns faults drawn from a seed for requests other than messages.
     *
     * @param share of the requests, in [0, 1]
     */
    static Faults ofRequests(long seed, double share) {
        SplitMix64 random = new SplitMix64(seed);
        Fault[] kinds = {Fault.CUT_BEFORE, Fault.CUT_WITHIN, Fault.ANSWER_LOST, Fault.DELAYED, Fault.DOUBLED};
        return request -> {
            synchronized (random) {
                return random.nextDouble() < share ? kinds[random.next(kinds.length)] : Fault.NONE;
            }
        };
    }

    /**
     * Returns faults drawn from a seed: for the given share of messages, and for a quarter of it for other requests.
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
                // Doubling or reordering long polls would test nothing about messages.
                return drawn == Fault.REORDERED && !request.isMessage() ? Fault.CUT_BEFORE : drawn;
            }
        };
    }
}
