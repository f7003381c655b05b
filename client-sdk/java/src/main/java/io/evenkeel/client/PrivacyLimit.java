package io.evenkeel.client;

/**
 * What a device is willing to spend in a run.
 *
 * @param epsilon above 0
 * @param delta in (0, 1)
 * @param trustsCoordinator whether the coordinator may see messages without noise, and add it itself
 */
record PrivacyLimit(double epsilon, double delta, boolean trustsCoordinator) {

    PrivacyLimit {
        if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
            throw new IllegalArgumentException("epsilon is " + epsilon + ", expected a finite number above 0");
        }
        if (!(delta > 0 && delta < 1)) {
            throw new IllegalArgumentException("delta is " + delta + ", expected a number above 0 and below 1");
        }
    }
}
