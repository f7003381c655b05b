package io.evenkeel.core.secagg;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The keys of a cohort's members, as the coordinator sends them to all members after the first step. Every member
 * shares masks with all others, its neighbours. {@link CohortRules} checks the keys.
 *
 * @param threshold the number of shares that reconstruct a secret, at least 0
 * @param members the signed keys of all members, including the receiver, ascending by ordinal
 */
public record CohortKeys(int threshold, List<SignedAdvertisement> members) {

    /** Copies the list and checks the order. */
    public CohortKeys {
        members = List.copyOf(members);
        if (threshold < 0) {
            throw new IllegalArgumentException("threshold " + threshold + ", expected at least 0");
        }
        for (int i = 1; i < members.size(); i++) {
            if (members.get(i - 1).member() >= members.get(i).member()) {
                throw new IllegalArgumentException("member " + members.get(i).member() + " after "
                        + members.get(i - 1).member() + ", expected each once, ascending by ordinal");
            }
        }
    }

    /** Returns the advertisements of a member's neighbours, all members but itself, without the signatures. */
    public List<Advertisement> neighboursOf(int member) {
        return members.stream()
                .filter(other -> other.member() != member)
                .map(SignedAdvertisement::advertisement)
                .collect(Collectors.toList());
    }
}
