package io.evenkeel.core.secagg;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A member's neighbours, as the coordinator tells the member after the first step.
 *
 * @param parameters the size of the cohort, and how many neighbours and shares there are
 * @param neighbours their signed keys, ascending by ordinal, as many as the parameters say
 */
public record Neighbourhood(CohortParameters parameters, List<SignedAdvertisement> neighbours) {

    /** Copies the list and checks number and order. */
    public Neighbourhood {
        neighbours = List.copyOf(neighbours);
        if (neighbours.size() != parameters.neighbours()) {
            throw new IllegalArgumentException(
                    neighbours.size() + " neighbours, expected " + parameters.neighbours() + " as announced");
        }
        for (int i = 1; i < neighbours.size(); i++) {
            if (neighbours.get(i - 1).member() >= neighbours.get(i).member()) {
                throw new IllegalArgumentException("member " + neighbours.get(i).member() + " after "
                        + neighbours.get(i - 1).member() + ", expected each once, ascending by ordinal");
            }
        }
    }

    /** Returns the neighbours' advertisements, without the signatures. */
    public List<Advertisement> advertisements() {
        return neighbours.stream().map(SignedAdvertisement::advertisement).collect(Collectors.toList());
    }
}
