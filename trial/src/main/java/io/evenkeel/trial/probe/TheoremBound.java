package io.evenkeel.trial.probe;

/**
 * The bound of arXiv 2410.16871, Theorem 1, on {@code min_k E||grad f(x^k)||} of ||EF21|| with gamma =
 * gamma0/sqrt(K+1).
 *
 * @param l0 L0, at least 0
 * @param l1 L1, at least 0
 * @param alpha the compressor's contraction factor, in (0, 1]
 * @param initialGap f(x^0) - f^inf, at least 0
 * @param initialError the mean over clients of ||grad f_i(x^0) - g_i^0||
 * @param heterogeneity the mean over clients of f^inf - f_i^inf, at least 0
 */
public record TheoremBound(
        double l0, double l1, double alpha, double initialGap, double initialError, double heterogeneity) {

    /**
     * Returns the bound; infinite, and so meaningless, if it is beyond double's range.
     *
     * @param gamma0 above 0
     * @param horizon K, at least 0
     */
    public double at(double gamma0, int horizon) {
        double s = Math.sqrt(1 - alpha);
        double stretch = 0.5 + 2 * s / (1 - s);
        double c0 = l0 * stretch;
        double c1 = l1 * stretch;
        double root = Math.sqrt(horizon + 1.0);
        double b = 2 * c0 + 8 * c1 * l1 * heterogeneity;
        double v0 = initialGap + 2 * (gamma0 / root) / (1 - s) * initialError;
        double growth = StrictMath.exp(8 * c1 * l1 * StrictMath.exp(l1 * gamma0) * gamma0 * gamma0);
        return v0 * growth / (gamma0 * root) + gamma0 * b * StrictMath.exp(l1 * gamma0) / root;
    }

    /** Returns the gamma0 from 1e-9 to 1e3 that minimizes the bound, to two digits. */
    public double bestGamma0(int horizon) {
        double best = 1;
        for (int step = -900; step <= 300; step++) {
            double candidate = StrictMath.pow(10, step / 100.0);
            best = at(candidate, horizon) < at(best, horizon) ? candidate : best;
        }
        return best;
    }
}
