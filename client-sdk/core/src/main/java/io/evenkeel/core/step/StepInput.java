package io.evenkeel.core.step;

/**
 * The input of a round's step, other than the sum S.
 *
 * @param weight W: the members' weights if S persists, otherwise those of the round's participants; no step is taken if
 *     W is 0
 * @param gamma the round's step size, above 0
 * @param loss the mean of the losses that the round's devices report, NaN if none did
 * @param losses the same losses by member, if the coordinator can read them
 * @param left the weight that the sum lost in this round because members left or their weights were reduced; NaN if W
 *     is the weight of the round's participants, which says nothing about the members
 * @param slope the mean of the slopes that the round's devices report, NaN if none did
 * @param slopeChange the mean of the changes of slopes, NaN if no device reports one
 */
public record StepInput(
        double weight, double gamma, double loss, MemberLosses losses, double left, double slope, double slopeChange) {

    private static final double ROUNDING = 0x1p-40;

    /** Describes a round in which no member left, and of which only the mean loss is known. */
    public StepInput(double weight, double gamma, double loss) {
        this(weight, gamma, loss, MemberLosses.NONE, 0);
    }

    /** Describes a round without reported slopes. */
    public StepInput(double weight, double gamma, double loss, MemberLosses losses, double left) {
        this(weight, gamma, loss, losses, left, Double.NaN, Double.NaN);
    }

    /**
     * Returns the share of W that joined, left or changed since an earlier round; 0 if it is within rounding
     * error.
     *
     * @param before W of the earlier round
     */
    double changedShare(double before) {
        if (Double.isNaN(left)) {
            return 0;
        }
        double joined = Math.abs(weight - (before - left));
        double share = Math.min(1, (joined + left) / weight);
        return share > ROUNDING ? share : 0;
    }

    /** Returns the input of a round whose loss is not known. */
    public static StepInput of(double weight, double gamma) {
        return new StepInput(weight, gamma, Double.NaN);
    }
}
