package io.evenkeel.core.secagg;

import java.util.Optional;

/**
 * How many neighbours a member of a cohort masks with, and how many of them can reveal its secrets.
 *
 * <p>Bell et al. 2020, section 3, has these conditions and asymptotic bounds; here the probabilities are computed exactly, with a union
 * bound over the members:
 *
 * <ul>
 *   <li><b>Secrecy.</b> The coordinator must not get both secrets of a member. Honest neighbours reveal one of the two, colluding ones
 *       both. With C colluding ones among k neighbours it gets both only if 2 t &lt;= k + C. So it gains nothing from telling neighbours
 *       different things, and no step is needed in which devices compare what they were told.
 *   <li><b>Connection.</b> The members that are honest and answer must be connected, or the coordinator would learn the sum of a part.
 *       On the graph of {@link NeighbourGraph} that fails only if k/2 members in a row collude or drop out.
 *   <li><b>Completion.</b> At least t neighbours of each member must answer the last step.
 * </ul>
 *
 * @param members the size of the cohort, at least 3
 * @param neighbours k, the neighbours of each member; even, or {@code members - 1}; at most 1,000
 * @param threshold t, the shares that give a secret
 */
public record CohortParameters(int members, int neighbours, int threshold) {

    /** Secrecy fails with a probability of at most 2^-40. */
    private static final double SECRECY = 0x1p-40;

    /** The largest number of neighbours: a device agrees on a key with each, so more are not practical. */
    public static final int MOST_NEIGHBOURS = 1_000;

    /** An aggregation within the stated share of drop-outs fails with a probability of at most 2^-20, and is then repeated. */
    private static final double COMPLETION = 0x1p-20;

    /** Checks the ranges. */
    public CohortParameters {
        boolean even = neighbours % 2 == 0 || neighbours == members - 1;
        if (members < 3
                || neighbours < 2
                || neighbours >= members
                || !even
                || neighbours > MOST_NEIGHBOURS
                || threshold < 1
                || threshold > neighbours) {
            throw new IllegalArgumentException(members + " members, " + neighbours + " neighbours and threshold "
                    + threshold + ", expected at least 3 members, 2 to " + MOST_NEIGHBOURS
                    + " neighbours that are an even number or all others, and a threshold of at most the neighbours");
        }
    }

    /**
     * Returns the parameters with the fewest neighbours; empty if none suffice, because too many may drop out or collude.
     *
     * @param members at least 3
     * @param dropout the share of the members that may drop out, 0 to 1
     * @param collusion the share of the members that may collude with the coordinator, 0 to 1
     */
    public static Optional<CohortParameters> of(int members, double dropout, double collusion) {
        Search search = new Search(members, (int) Math.ceil(dropout * members), (int) Math.ceil(collusion * members));
        int most = Math.min(members - 1, MOST_NEIGHBOURS);
        for (int neighbours = 2; neighbours <= most; neighbours = next(neighbours, members)) {
            int threshold = search.threshold(neighbours);
            if (threshold <= neighbours && search.completes(neighbours, threshold) && search.connects(neighbours)) {
                return Optional.of(new CohortParameters(members, neighbours, threshold));
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the lowest threshold with which the coordinator does not get both secrets of a member; {@code neighbours + 1} if there is
     * none.
     *
     * @param members at least 3
     * @param neighbours 2 to {@code members - 1}
     * @param collusion the share of the members that may collude with the coordinator, 0 to 1
     */
    public static int lowestThreshold(int members, int neighbours, double collusion) {
        return new Search(members, 0, (int) Math.ceil(collusion * members)).threshold(neighbours);
    }

    private static int next(int neighbours, int members) {
        return neighbours + 2 <= members - 1 ? neighbours + 2 : neighbours + 1;
    }

    /** Computes the probabilities for one cohort. */
    private static final class Search {

        private final int members;
        private final int dropped;
        private final int colluding;
        private final Hypergeometric draws;

        Search(int members, int dropped, int colluding) {
            this.members = members;
            this.dropped = dropped;
            this.colluding = colluding;
            this.draws = new Hypergeometric(members - 1);
        }

        /** Returns the lowest threshold that keeps the secrets. */
        int threshold(int neighbours) {
            int threshold = neighbours / 2 + 1;
            while (threshold <= neighbours
                    && members * draws.atLeast(2 * threshold - neighbours, colluding, neighbours) > SECRECY) {
                threshold++;
            }
            return threshold;
        }

        boolean completes(int neighbours, int threshold) {
            return members * draws.atLeast(neighbours - threshold + 1, dropped, neighbours) <= COMPLETION;
        }

        boolean connects(int neighbours) {
            if (neighbours == members - 1) {
                return true;
            }
            double probability = members;
            for (int i = 0; i < neighbours / 2; i++) {
                probability *= (double) Math.max(0, dropped + colluding - i) / (members - i);
            }
            return probability <= SECRECY;
        }
    }
}
