package io.evenkeel.core.step;

/**
 * The losses that members report in a round, by member. Immutable.
 *
 * <p>Means have the same weights as the step's direction, so they belong to the function that the step descends.
 */
public final class MemberLosses {

    /** No member's loss is known. */
    public static final MemberLosses NONE = new MemberLosses(new int[0], new double[0], new double[0]);

    private final int[] members;
    private final double[] weights;
    private final double[] losses;

    /**
     * @param members the numbers of the members, ascending; not copied
     * @param weights w_i of each, at least 0; not copied
     * @param losses f_i of each, finite; not copied
     * @throws IllegalArgumentException if the arrays differ in length, or the members are not ascending
     */
    public MemberLosses(int[] members, double[] weights, double[] losses) {
        if (weights.length != members.length || losses.length != members.length) {
            throw new IllegalArgumentException(members.length + " members have " + weights.length + " weights and "
                    + losses.length + " losses, expected the same number");
        }
        for (int i = 1; i < members.length; i++) {
            if (members[i] <= members[i - 1]) {
                throw new IllegalArgumentException(
                        "member " + members[i] + " comes after " + members[i - 1] + ", expected them ascending");
            }
        }
        this.members = members;
        this.weights = weights;
        this.losses = losses;
    }

    /** Returns the number of members. */
    public int count() {
        return members.length;
    }

    /** Returns the weighted mean, NaN without losses. */
    public double mean() {
        return mean(losses);
    }

    private double mean(double[] values) {
        double weighted = 0;
        double weight = 0;
        for (int i = 0; i < members.length; i++) {
            weighted += weights[i] * values[i];
            weight += weights[i];
        }
        return weighted / weight;
    }

    /** Writes pairs of member and loss into an array of two values for each. */
    void writeTo(double[] pairs, int at) {
        for (int i = 0; i < members.length; i++) {
            pairs[at + 2 * i] = members[i];
            pairs[at + 2 * i + 1] = losses[i];
        }
    }

    /**
     * The mean losses, in an earlier round and now, of the members that report in both, with the current
     * weights.
     *
     * @param share the share of these members in the weight of all that report now
     */
    record Change(double before, double now, double share) {}

    /**
     * Compares with losses of an earlier round.
     *
     * @param earlier pairs of member and loss, from {@code at} on
     */
    Change since(double[] earlier, int at) {
        double before = 0;
        double now = 0;
        double weight = 0;
        double all = 0;
        for (double each : weights) {
            all += each;
        }
        int next = at;
        for (int i = 0; i < members.length; i++) {
            while (next < earlier.length && earlier[next] < members[i]) {
                next += 2;
            }
            if (next < earlier.length && earlier[next] == members[i]) {
                before += weights[i] * earlier[next + 1];
                now += weights[i] * losses[i];
                weight += weights[i];
            }
        }
        return new Change(before / weight, now / weight, weight / all);
    }
}
