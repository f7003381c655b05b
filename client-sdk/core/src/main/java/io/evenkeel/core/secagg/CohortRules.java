package io.evenkeel.core.secagg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The cohorts that a device takes part in. The coordinator may be malicious, so the device checks what it is told.
 *
 * @param minMembers the smallest cohort, at least 3
 * @param maxMembers the largest, which bounds the sums of the fixed point
 * @param dropout the share of the members that may drop out, as the run's plan says
 * @param collusion the share of the members that may collude with the coordinator, as the run's plan says
 */
public record CohortRules(int minMembers, int maxMembers, double dropout, double collusion) {

    /**
     * Checks a neighbourhood.
     *
     * @param own what this device has advertised in the aggregation; all neighbours must have the same owner
     * @throws SecAggException if the cohort is too small or too large, has too few neighbours or a threshold that is too low, or if a
     *     neighbour's owner, certificate, signature or identity is wrong
     */
    public void check(CohortContext context, SignedAdvertisement own, Neighbourhood told) throws SecAggException {
        checkParameters(told);
        List<byte[]> identities = new ArrayList<>();
        identities.add(own.identity());
        for (SignedAdvertisement neighbour : told.neighbours()) {
            neighbour.verify(context, List.of(own.owner()));
            byte[] identity = neighbour.identity();
            if (identities.stream().anyMatch(other -> Arrays.equals(other, identity))) {
                throw new SecAggException("member " + neighbour.member()
                        + " has the identity of another neighbour or of this device: it is not a device of its own");
            }
            identities.add(identity);
        }
    }

    private void checkParameters(Neighbourhood told) throws SecAggException {
        if (told.members() < minMembers || told.members() > maxMembers) {
            throw new SecAggException(
                    "the cohort has " + told.members() + " members, expected " + minMembers + " to " + maxMembers);
        }
        CohortParameters needed = CohortParameters.of(told.members(), dropout, collusion)
                .orElseThrow(() -> new SecAggException("no threshold keeps the secrets of " + told.members()
                        + " members if a share of " + dropout + " drops out and " + collusion + " collude"));
        int neighbours = told.neighbours().size();
        if (neighbours < needed.neighbours()) {
            throw new SecAggException("each member has " + neighbours + " neighbours, expected at least "
                    + needed.neighbours() + " of " + told.members() + " members");
        }
        int threshold = needed.threshold();
        if (told.threshold() < threshold || told.threshold() > neighbours) {
            throw new SecAggException("the threshold is " + told.threshold() + " of " + neighbours
                    + " neighbours, expected " + threshold + " to " + neighbours
                    + ": a lower one could give the coordinator the sum of few devices");
        }
    }
}
