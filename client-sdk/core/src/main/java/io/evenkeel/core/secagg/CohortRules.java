package io.evenkeel.core.secagg;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The cohorts that a device takes part in. The coordinator may be malicious, so the device checks its responses.
 *
 * @param minMembers the smallest cohort, at least 3
 * @param maxMembers the largest cohort, which bounds the sums of the fixed point
 * @param dropout the share of the members that may drop out, as given in the run's plan
 * @param collusion the share of the members that may collude with the coordinator, as given in the run's plan
 */
public record CohortRules(int minMembers, int maxMembers, double dropout, double collusion) {

    /**
     * The maximum number of masked vectors that a device sends in a round, each in a separate attempt. A coordinator
     * abandons a round after this number of attempts. A lying coordinator may read a sum for each of them.
     */
    public static final int MAX_MASKED_ATTEMPTS = 10;

    /**
     * Checks the keys of a cohort.
     *
     * @param own this device's advertisement in the aggregation; all members must have the same owner
     * @throws SecAggException if the cohort is too small or too large, does not have this device's keys, has a
     *     threshold that is too low, or if a member's owner, certificate, signature or identity is wrong
     */
    public void check(CohortContext context, SignedAdvertisement own, CohortKeys cohort) throws SecAggException {
        checkParameters(cohort);
        if (!cohort.members().contains(own)) {
            throw new SecAggException(
                    "the cohort does not have the keys that this device, member " + own.member() + ", has sent");
        }
        Set<ByteBuffer> identities = new HashSet<>();
        for (SignedAdvertisement member : cohort.members()) {
            if (!member.equals(own)) {
                member.verify(context, List.of(own.owner()));
            }
            if (!identities.add(ByteBuffer.wrap(member.identity()))) {
                throw new SecAggException("member " + member.member()
                        + " has the identity of another member: it is not a separate device");
            }
        }
    }

    private void checkParameters(CohortKeys cohort) throws SecAggException {
        int members = cohort.members().size();
        if (members < minMembers || members > maxMembers) {
            throw new SecAggException(
                    "the cohort has " + members + " members, expected " + minMembers + " to " + maxMembers);
        }
        int least = CohortParameters.of(members, dropout, collusion)
                .orElseThrow(() -> new SecAggException("no threshold keeps the secrets of " + members
                        + " members if a share of " + dropout + " drops out and " + collusion + " collude"))
                .threshold();
        int others = members - 1;
        if (cohort.threshold() < least || cohort.threshold() > others) {
            throw new SecAggException("the threshold is " + cohort.threshold() + " of " + others + " others, expected "
                    + least + " to " + others + ": a lower one could give the coordinator the sum of few devices");
        }
    }
}
