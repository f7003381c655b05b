package io.evenkeel.core.step;

import io.evenkeel.core.vector.Norm;

/** The length of the first step of the rules that need no step size: a share of the Polyak step's length f/||g||. */
final class FirstLength {

    private static final double SHARE_WITHOUT_LOSS = 0.01;

    private FirstLength() {}

    /**
     * Returns the length; without a positive loss, a hundredth of the share of 1 + ||x^0||.
     *
     * @param share the share of the Polyak step's length, above 0
     * @param loss the reported loss, NaN if there is none
     * @param directionNorm ||g^0||, above 0
     * @param x x^0
     */
    static double of(double share, double loss, double directionNorm, double[] x) {
        double polyak = share * (loss / directionNorm);
        return polyak > 0 && polyak < Double.POSITIVE_INFINITY ? polyak : share * SHARE_WITHOUT_LOSS * (1 + Norm.l2(x));
    }
}
