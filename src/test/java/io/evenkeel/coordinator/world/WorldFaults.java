package io.evenkeel.coordinator.world;

import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Decides which faults happen. Each seed has its own mixture of kinds. Each fault has a number, so that a failure can
 * be repeated without some of the faults. Not thread-safe.
 */
final class WorldFaults {

    /** A kind of fault. */
    enum Kind {
        REQUEST_LOST(0.1),
        RESPONSE_LOST(0.1),
        REQUEST_DOUBLED(0.1),
        REQUEST_DELAYED(0.1),
        POWER_LOSS_AT_CHANGE(0.05),
        POWER_LOSS_WHILE_WAITING(0.02),
        DISK_LOST(0.1),
        WEIGHT_CHANGED(0.3),
        DEVICE_LEAVES(0.1),
        DATABASE_BREAKS(0.05),
        OBJECT_STORE_FAILS(0.05),
        COORDINATOR_KILLED_AT_CHANGE(0.001),
        COORDINATOR_KILLED(0.001),
        DATABASE_GOES_BACK(0.3),
        COORDINATOR_CUT_OFF(0.01),
        CLOCK_JUMPS(0.005),
        OPERATOR_PAUSES(0.005);

        private final double likelihood;

        Kind(double likelihood) {
            this.likelihood = likelihood;
        }
    }

    private final SplittableRandom random;
    private final Map<Kind, Double> likelihoods = new EnumMap<>(Kind.class);
    private final Map<Kind, Integer> happened = new EnumMap<>(Kind.class);
    private final BitSet omitted;
    private boolean isOver;
    private int count;

    /** @param omitted the numbers of faults that do not happen */
    WorldFaults(SplittableRandom random, BitSet omitted) {
        this.random = random;
        this.omitted = omitted;
        for (Kind kind : Kind.values()) {
            likelihoods.put(kind, random.nextInt(3) == 0 ? 0 : kind.likelihood * 3 * random.nextDouble());
        }
    }

    /** Returns whether a fault happens now. */
    boolean happens(Kind kind) {
        if (isOver || random.nextDouble() >= likelihoods.getOrDefault(kind, 0.0) || omitted.get(count++)) {
            return false;
        }
        happened.merge(kind, 1, Integer::sum);
        return true;
    }

    /** Ends all faults. */
    void end() {
        isOver = true;
    }

    /** Returns the number of faults so far, including omitted ones. */
    int count() {
        return count;
    }

    Map<Kind, Integer> happened() {
        return happened;
    }
}
