package io.evenkeel.core.secagg;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A member's neighbours, as the coordinator tells the member after the first step. Whether it makes sense is for {@link CohortRules}.
 *
 * @param members the size of the cohort
 * @param threshold the shares that give a secret
 * @param neighbours their signed keys, ascending by ordinal, fewer than the members
 */
public record Neighbourhood(int members, int threshold, List<SignedAdvertisement> neighbours) {

    /** Copies the list and checks number and order. */
    public Neighbourhood {
        neighbours = List.copyOf(neighbours);
        if (threshold < 0 || neighbours.size() >= members) {
            throw new IllegalArgumentException(
                    neighbours.size() + " neighbours of " + members + " members and threshold " + threshold
                            + ", expected fewer neighbours than members and a threshold of at least 0");
        }
        for (int i = 1; i < neighbours.size(); i++) {
            if (neighbours.get(i - 1).member() >= neighbours.get(i).member()) {
                throw new IllegalArgumentException("member " + neighbours.get(i).member() + " after "
                        + neighbours.get(i - 1).member() + ", expected each once, ascending by ordinal");
            }
        }
    }

    /** Returns a neighbourhood in a cohort with these parameters. */
    public static Neighbourhood of(CohortParameters parameters, List<SignedAdvertisement> neighbours) {
        return new Neighbourhood(parameters.members(), parameters.threshold(), neighbours);
    }

    /** Returns the neighbours' advertisements, without the signatures. */
    public List<Advertisement> advertisements() {
        return neighbours.stream().map(SignedAdvertisement::advertisement).collect(Collectors.toList());
    }
}
