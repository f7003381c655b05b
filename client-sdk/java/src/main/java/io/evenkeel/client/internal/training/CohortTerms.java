package io.evenkeel.client.internal.training;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.RunSecureAggregation;
import io.evenkeel.client.SecureAggregation;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Checks that a device's terms for secure aggregation and a run's plan accept each other. */
final class CohortTerms {

    private CohortTerms() {}

    /**
     * Checks that a device may take part in a run.
     *
     * @param own the device's terms, null if it has none
     * @throws EvenkeelException if the run or the device does not accept the other's terms
     */
    static void check(@Nullable SecureAggregation own, RunPlan plan) {
        RunSecureAggregation planned = plan.secureAggregation();
        if (planned == null) {
            if (own != null && !own.allowsPlainRuns()) {
                throw refused(
                        plan,
                        "has no secure aggregation, which this device requires: nothing was sent;"
                                + " take part in another run, or build the client with allowPlainRuns()");
            }
            return;
        }
        if (own == null) {
            throw refused(
                    plan,
                    "has secure aggregation, which needs the identity of this device: build the client with"
                            + " secureAggregation(...); 'evenkeel identity' creates identities");
        }
        String owner = Base64.getEncoder().encodeToString(own.identity().owner());
        if (!planned.owners().contains(owner)) {
            throw refused(
                    plan,
                    "accepts only devices of other owners, not of " + owner
                            + ": ask for the owner's public key to be added to the run's secureAggregation.owners");
        }
        checkShares(own, planned, plan);
        if (planned.minMembers() < own.minimumCohort()) {
            throw refused(
                    plan,
                    "reveals sums of " + planned.minMembers() + " devices, but this device requires at least "
                            + own.minimumCohort()
                            + ": nothing was sent; raise the run's participants.min, or lower minimumCohort");
        }
    }

    private static void checkShares(SecureAggregation own, RunSecureAggregation planned, RunPlan plan) {
        if (planned.collusion() < own.minimumCollusion()) {
            throw refused(
                    plan,
                    "keeps messages secret if a share of " + planned.collusion()
                            + " of a cohort colludes with the coordinator, but this device requires at least "
                            + own.minimumCollusion()
                            + ": nothing was sent; raise the run's secureAggregation.collusion, or lower minimumCollusion");
        }
    }

    private static EvenkeelException refused(RunPlan plan, String why) {
        return new EvenkeelException("run '" + plan.run() + "' " + why);
    }
}
