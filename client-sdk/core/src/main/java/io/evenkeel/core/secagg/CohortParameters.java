package io.evenkeel.core.secagg;

import java.util.Optional;

/**
 * How many neighbours a member of a cohort masks with, and how many of them can reveal its secrets.
 *
 * <p>{@link #of} takes all other members as neighbours: k = n - 1 of n members. Let C of them collude with the coordinator, and h = n - C be
 * honest. The coordinator may tell each member another set of drop-outs, but a member believes at most k - t. Then
 *
 * <ul>
 *   <li>it gets both secrets of a member only if 2 t &lt;= k + C, which is never so here;
 *   <li>it gets the key of an honest member only if t - C honest ones believe that the member dropped out, so of at most
 *       h (k - t) / (t - C). All other honest members share masks that nobody else knows. So it learns the sum of them all, at least
 *       h (2 t - k - C) / (t - C), or nothing;
 *   <li>with t &gt;= (2 k + C) / 3 that is at least half of the honest members.
 * </ul>
 *
 * <p>On a graph with fewer neighbours (Bell et al. 2020) it could make a single member's neighbours drop out one by one.
 *
 * @param members the size of the cohort, at least 3
 * @param neighbours k, the neighbours of each member; even, or {@code members - 1}; at most 1,000
 * @param threshold t, the shares that give a secret
 */
public record CohortParameters(int members, int neighbours, int threshold) {

    /** The largest number of neighbours: a device agrees on a key with each, so more are not practical. */
    public static final int MOST_NEIGHBOURS = 1_000;

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
     * Returns the parameters of a cohort; empty if too many may drop out or collude, or if there are too many members.
     *
     * @param members at least 3
     * @param dropout the share of the members that may drop out, 0 to 1; rounded down
     * @param collusion the share of the members that may collude with the coordinator, 0 to 1
     */
    public static Optional<CohortParameters> of(int members, double dropout, double collusion) {
        int neighbours = members - 1;
        int threshold = lowestThreshold(members, neighbours, collusion);
        int dropped = (int) (dropout * members);
        return neighbours <= MOST_NEIGHBOURS && threshold <= neighbours - dropped
                ? Optional.of(new CohortParameters(members, neighbours, threshold))
                : Optional.empty();
    }

    /**
     * Returns the lowest threshold with which each sum that the coordinator can get has at least half of the honest members, if all others
     * are neighbours; more than {@code neighbours} if there is none.
     *
     * @param members at least 3
     * @param neighbours 2 to {@code members - 1}
     * @param collusion the share of the members that may collude with the coordinator, 0 to 1
     */
    public static int lowestThreshold(int members, int neighbours, double collusion) {
        int colluding = (int) Math.ceil(collusion * members);
        int most = 2 * neighbours + colluding;
        return colluding < neighbours ? (most + 2) / 3 : neighbours + 1;
    }
}
