package io.evenkeel.core.privacy;

/**
 * Rényi differential privacy of the Gaussian mechanism on a random sample: each participant is in a release
 * with the same probability, independently (Poisson sampling), and neighbours differ by the addition or
 * removal of one participant (Mironov, Talwar, Zhang, "Rényi differential privacy of the sampled Gaussian
 * mechanism", 2019, Section 3.3).
 *
 * <p>Sampling lowers epsilon only where it is random and secret. This is not the case if the reader of the
 * messages knows the senders, if the draw follows from a published seed, or if participants choose their
 * rounds themselves.
 */
public final class SampledGaussian {

    private static final int CONSECUTIVE_ORDERS = 64;
    private static final int HIGHEST_ORDER = 1024;

    private SampledGaussian() {}

    /**
     * Returns the Rényi divergence of one release.
     *
     * @param rate the probability of being in the sample, in (0, 1]
     * @param multiplier the noise's standard deviation divided by the sensitivity, above 0
     * @param order an integer alpha of at least 2
     */
    public static double divergence(double rate, double multiplier, int order) {
        if (!(rate > 0 && rate <= 1)) {
            throw new IllegalArgumentException("the sampling rate is " + rate + ", expected a number in (0, 1]");
        }
        double twiceVariance = 2 * multiplier * multiplier;
        if (rate == 1) {
            return order / twiceVariance;
        }
        double logRate = StrictMath.log(rate);
        double logRest = StrictMath.log1p(-rate);
        double logBinomial = 0;
        double logSum = Double.NEGATIVE_INFINITY;
        for (int k = 0; k <= order; k++) {
            double term = logBinomial + k * logRate + (order - k) * logRest + k * (k - 1.0) / twiceVariance;
            logSum = logAdd(logSum, term);
            logBinomial += StrictMath.log(order - k) - StrictMath.log(k + 1.0);
        }
        return logSum / (order - 1);
    }

    /**
     * Returns the epsilon of a number of releases, each on a new sample.
     *
     * @param rate as in {@link #divergence}
     * @param multiplier as in {@link #divergence}
     * @param releases at least 0
     * @param delta in (0, 1)
     */
    public static double epsilon(double rate, double multiplier, long releases, double delta) {
        if (releases == 0) {
            return 0;
        }
        double best = RenyiAccountant.epsilon(multiplier, releases, delta);
        for (int order = 2; order <= HIGHEST_ORDER; order += order < CONSECUTIVE_ORDERS ? 1 : order / 32) {
            double divergence = releases * divergence(rate, multiplier, order);
            best = Math.min(best, RenyiAccountant.convert(divergence, order, delta));
        }
        return Math.max(0, best);
    }

    private static double logAdd(double a, double b) {
        double larger = Math.max(a, b);
        return larger == Double.NEGATIVE_INFINITY
                ? larger
                : larger + StrictMath.log1p(StrictMath.exp(Math.min(a, b) - larger));
    }
}
