package io.evenkeel.client;

import java.util.List;

/**
 * A run's secure aggregation: the coordinator learns only the sum of a cohort's messages.
 *
 * @param owners the owners whose devices may be in a cohort: Ed25519 public keys in base64
 * @param dropout the share of a cohort that may drop out, 0 to 0.5
 * @param collusion the share of a cohort that may collude with the coordinator, 0 to 0.5
 * @param rebaseEvery the number of rounds after which the sum and all g_i start from zero, at least 1
 * @param exponent the unit of the sums' fixed point is 2^exponent
 * @param minMembers the size of the smallest cohort, at least 3
 * @param maxMembers the size of the largest cohort
 */
public record RunSecureAggregation(
        List<String> owners,
        double dropout,
        double collusion,
        int rebaseEvery,
        int exponent,
        int minMembers,
        int maxMembers) {

    /** Copies the list. */
    public RunSecureAggregation {
        owners = List.copyOf(owners);
    }
}
