package io.evenkeel.client.internal.device;

import io.evenkeel.core.privacy.PrivacyCost;

/**
 * The limit of a device's total privacy cost over all its runs.
 *
 * @param epsilon above 0
 * @param delta in (0, 1)
 * @param trustsCoordinator whether the coordinator may see messages without noise, and add it itself
 */
public record PrivacyLimit(double epsilon, double delta, boolean trustsCoordinator) {

    /** Tolerates the rounding of sums of costs. */
    private static final double ROUNDING = 1e-9;

    public PrivacyLimit {
        if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
            throw new IllegalArgumentException("epsilon is " + epsilon + ", expected a finite number above 0");
        }
        if (!(delta > 0 && delta < 1)) {
            throw new IllegalArgumentException("delta is " + delta + ", expected a number above 0 and below 1");
        }
    }

    /** Returns whether a cost is within the limit. */
    public boolean allows(PrivacyCost cost) {
        return cost.epsilon(delta) <= epsilon * (1 + ROUNDING);
    }
}
