package io.evenkeel.trial.loss;

/**
 * Computes exp of numbers that are at most zero, to within 2 units in the last place. Uses additions and
 * multiplications only, so it is bit-identical on every JVM; several times as fast as {@link StrictMath#exp}.
 *
 * <p>{@code exp(x) = 2^k 2^(i/64) exp(r)} with a table of the 64 roots and a polynomial for {@code |r| <= ln
 * 2/128} (Tang, ACM TOMS 1989).
 */
final class Exponential {

    private static final int BITS = 6;
    private static final int ROOTS = 1 << BITS;
    private static final double[] ROOT = new double[ROOTS];

    /** ln 2/64 in two parts; the first has so few bits that its product with any possible k is exact. */
    private static final double STEP_HIGH = 0x1.62e42feep-1 / ROOTS;

    private static final double STEP_LOW = 0x1.a39ef35793c76p-33 / ROOTS;
    private static final double STEPS = ROOTS * 0x1.71547652b82fep0;

    /** Below this, results are subnormal, so adding to the exponent's bits would be wrong. */
    private static final double MIN_ARGUMENT = -708;

    static {
        for (int i = 0; i < ROOTS; i++) {
            ROOT[i] = StrictMath.pow(2, (double) i / ROOTS);
        }
    }

    private Exponential() {}

    /**
     * Returns exp(x).
     *
     * @param x at most 0, or NaN
     */
    static double ofNonPositive(double x) {
        if (!(x >= MIN_ARGUMENT)) {
            return StrictMath.exp(x);
        }
        int n = (int) (x * STEPS - 0.5);
        double r = (x - n * STEP_HIGH) - n * STEP_LOW;
        double r2 = r * r;
        double p = r + r2 * ((0.5 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120)));
        double root = ROOT[n & (ROOTS - 1)];
        double scale = Double.longBitsToDouble((long) ((n >> BITS) + 1023) << 52);
        return scale * (root + root * p);
    }
}
