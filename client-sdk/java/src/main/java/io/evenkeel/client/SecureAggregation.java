package io.evenkeel.client;

import io.evenkeel.core.secagg.DeviceIdentity;

/**
 * A device's terms for secure aggregation, independent of a run's plan: its identity, the smallest cohort, and whether
 * it takes part in runs without secure aggregation. Immutable.
 */
public final class SecureAggregation {

    private static final int DEFAULT_COHORT = 10;
    private static final int SMALLEST_COHORT = 3;
    private static final double MAX_COLLUSION = 0.5;

    private final DeviceIdentity identity;
    private final int minimumCohort;
    private final double minimumCollusion;
    private final boolean plainRuns;

    private SecureAggregation(DeviceIdentity identity, int minimumCohort, double minimumCollusion, boolean plainRuns) {
        this.identity = identity;
        this.minimumCohort = minimumCohort;
        this.minimumCollusion = minimumCollusion;
        this.plainRuns = plainRuns;
    }

    /**
     * Returns terms with a smallest cohort of 10, for runs with secure aggregation only.
     *
     * @param identity the identity of this device only; cohorts consist of devices of the same owner
     */
    public static SecureAggregation with(DeviceIdentity identity) {
        return new SecureAggregation(identity, DEFAULT_COHORT, 0, false);
    }

    /**
     * Sets the smallest cohort whose sum may be revealed.
     *
     * @param members at least 3
     */
    public SecureAggregation minimumCohort(int members) {
        if (members < SMALLEST_COHORT) {
            throw new IllegalArgumentException("minimumCohort is " + members + ", expected at least " + SMALLEST_COHORT
                    + ": a sum of two messages reveals each device's message to the other");
        }
        return new SecureAggregation(identity, members, minimumCollusion, plainRuns);
    }

    /**
     * Sets the minimum share of a cohort that may collude with the coordinator without learning anything. Default 0:
     * relies on the run's plan, which the coordinator sends.
     *
     * @param share 0 to 0.5
     */
    public SecureAggregation minimumCollusion(double share) {
        if (!(share >= 0 && share <= MAX_COLLUSION)) {
            throw new IllegalArgumentException(
                    "minimumCollusion is " + share + ", expected a share from 0 to " + MAX_COLLUSION);
        }
        return new SecureAggregation(identity, minimumCohort, share, plainRuns);
    }

    /** Also takes part in runs without secure aggregation, whose coordinator reads each message. */
    public SecureAggregation allowPlainRuns() {
        return new SecureAggregation(identity, minimumCohort, minimumCollusion, true);
    }

    /** Returns the device's identity. */
    public DeviceIdentity identity() {
        return identity;
    }

    /** Returns the smallest cohort whose sum may be revealed. */
    public int minimumCohort() {
        return minimumCohort;
    }

    /** Returns the minimum share of a cohort that may collude without learning anything. */
    public double minimumCollusion() {
        return minimumCollusion;
    }

    /** Returns whether the device also takes part in runs without secure aggregation. */
    public boolean allowsPlainRuns() {
        return plainRuns;
    }
}
