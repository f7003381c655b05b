package io.evenkeel.core.secagg;

import java.util.Optional;

/**
 * The size of a cohort, and the number of members that can reveal a secret of another.
 *
 * <p>Each of n members shares masks with all k = n - 1 others, its neighbours. Let C of them collude with the
 * coordinator, and h = n - C be honest. The coordinator may send each member a different set of drop-outs, but a member
 * accepts at most k - t. Then
 *
 * <ul>
 *   <li>the coordinator gets both secrets of a member only if 2 t &lt;= k + C, which never holds here;
 *   <li>it gets the key of an honest member only if t - C honest ones believe that the member dropped out, so it gets
 *       at most h (k - t) / (t - C) keys. All other honest members share masks that no other party knows. So it learns
 *       the sum of them all, at least h (2 t - k - C) / (t - C), or nothing;
 *   <li>with t &gt;= (2 k + C) / 3 that is at least half of the honest members.
 * </ul>
 *
 * <p>With fewer neighbours (Bell et al. 2020) the coordinator could make a single member's neighbours drop
 * out one by one.
 *
 * @param members n, the size of the cohort, 3 to 1,000
 * @param threshold t, the number of shares that reconstruct a secret, 1 to n - 1
 */
public record CohortParameters(int members, int threshold) {

    /**
     * The largest cohort: a device agrees on a key with every other member, so larger cohorts are not
     * practical.
     */
    public static final int MAX_MEMBERS = 1_000;

    /** The smallest cohort. */
    public static final int MIN_MEMBERS = 3;

    /** Checks the ranges. */
    public CohortParameters {
        if (members < MIN_MEMBERS || members > MAX_MEMBERS || threshold < 1 || threshold >= members) {
            throw new IllegalArgumentException(members + " members and threshold " + threshold + ", expected "
                    + MIN_MEMBERS + " to " + MAX_MEMBERS
                    + " members, and a threshold of at least 1 and fewer than the members");
        }
    }

    /** Returns the number of members of a cohort that may collude. */
    public static int colluding(int members, double collusion) {
        return (int) Math.ceil(collusion * members);
    }

    /**
     * Returns the parameters of a cohort, with the lowest threshold for which each sum that the coordinator
     * can get contains at least half of the honest members; empty if too many may drop out or collude, or if
     * there are too many members.
     *
     * @param members at least 3
     * @param dropout the share of the members that may drop out, 0 to 1; rounded down
     * @param collusion the share of the members that may collude with the coordinator, 0 to 1; rounded up
     */
    public static Optional<CohortParameters> of(int members, double dropout, double collusion) {
        int neighbours = members - 1;
        int colluding = colluding(members, collusion);
        int threshold = (2 * neighbours + colluding + 2) / 3;
        int dropped = (int) (dropout * members);
        return members <= MAX_MEMBERS && colluding < neighbours && threshold <= neighbours - dropped
                ? Optional.of(new CohortParameters(members, threshold))
                : Optional.empty();
    }
}
