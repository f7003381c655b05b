package io.evenkeel.client;

import io.evenkeel.core.secagg.DeviceIdentity;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A device's terms for secure aggregation, whatever a run's plan says: its identity, the smallest cohort, and whether it takes part in runs
 * without secure aggregation. Immutable.
 */
public final class SecureAggregation {

    private static final int DEFAULT_COHORT = 10;
    private static final int SMALLEST_COHORT = 3;
    private static final double MOST_COLLUSION = 0.5;

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
     * @param identity the device's own, which no other device has; cohorts consist of devices of its owner
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
                    + ": a sum of two messages tells each device the other's");
        }
        return new SecureAggregation(identity, members, minimumCollusion, plainRuns);
    }

    /**
     * Sets the share of a cohort that may collude with the coordinator and learn nothing by it, at least. Default 0: the run's plan
     * decides, which is the coordinator's word.
     *
     * @param share 0 to 0.5
     */
    public SecureAggregation minimumCollusion(double share) {
        if (!(share >= 0 && share <= MOST_COLLUSION)) {
            throw new IllegalArgumentException(
                    "minimumCollusion is " + share + ", expected a share from 0 to " + MOST_COLLUSION);
        }
        return new SecureAggregation(identity, minimumCohort, share, plainRuns);
    }

    /** Also takes part in runs without secure aggregation, whose coordinator reads each message. */
    public SecureAggregation allowPlainRuns() {
        return new SecureAggregation(identity, minimumCohort, minimumCollusion, true);
    }

    DeviceIdentity identity() {
        return identity;
    }

    int minimumCohort() {
        return minimumCohort;
    }

    /**
     * Checks that a device may take part in a run.
     *
     * @param own the device's terms, null if it has none
     * @throws EvenkeelException if the run or the device does not accept the other
     */
    static void check(@Nullable SecureAggregation own, RunPlan plan) {
        RunSecureAggregation planned = plan.secureAggregation();
        if (planned == null) {
            if (own != null && !own.plainRuns) {
                throw refused(
                        plan,
                        "has no secure aggregation, and this device accepts no other runs: nothing was sent;"
                                + " take part in another run, or build the client with allowPlainRuns()");
            }
            return;
        }
        if (own == null) {
            throw refused(
                    plan,
                    "has secure aggregation, which needs the identity of this device: build the client with"
                            + " secureAggregation(...); 'evenkeel identity' makes identities");
        }
        String owner = Base64.getEncoder().encodeToString(own.identity.owner());
        if (!planned.owners().contains(owner)) {
            throw refused(
                    plan,
                    "accepts devices of other owners than " + owner
                            + ": have the owner's public key added to the run's secureAggregation.owners");
        }
        checkShares(own, planned, plan);
        if (planned.minMembers() < own.minimumCohort) {
            throw refused(
                    plan,
                    "reveals sums of " + planned.minMembers() + " devices, and this device asks for at least "
                            + own.minimumCohort
                            + ": nothing was sent; raise the run's participants.min, or lower minimumCohort");
        }
    }

    private static void checkShares(SecureAggregation own, RunSecureAggregation planned, RunPlan plan) {
        if (planned.collusion() < own.minimumCollusion) {
            throw refused(
                    plan,
                    "keeps messages secret if a share of " + planned.collusion()
                            + " of a cohort colludes with the coordinator, and this device asks for at least "
                            + own.minimumCollusion
                            + ": nothing was sent; raise the run's secureAggregation.collusion, or lower minimumCollusion");
        }
    }

    private static EvenkeelException refused(RunPlan plan, String why) {
        return new EvenkeelException("run '" + plan.run() + "' " + why);
    }
}
