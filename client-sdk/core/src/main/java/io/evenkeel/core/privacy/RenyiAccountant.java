package io.evenkeel.core.privacy;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Computes the (epsilon, delta) of a Gaussian mechanism that is applied repeatedly, using Rényi differential
 * privacy.
 *
 * <p>One release with noise of standard deviation {@code s} and sensitivity {@code D} has the Rényi
 * divergence {@code alpha rho} of order alpha, where {@code rho = D^2 / (2 s^2)} (Mironov, "Rényi
 * differential privacy", 2017). The discrete Gaussian has the same bound for values on its grid (Canonne,
 * Kamath, Steinke, "The discrete Gaussian for differential privacy", 2020, Theorem 14). The divergences of
 * adaptive releases add up. They are converted to epsilon by the formula of Canonne, Kamath and Steinke,
 * Proposition 12 (also Balle et al., "Hypothesis testing interpretations and Rényi differential privacy",
 * 2020), which holds for each order; the smallest epsilon is taken.
 *
 * <p>A {@code multiplier} is the noise's standard deviation divided by the sensitivity. Equal arguments give
 * equal bits on every JVM.
 */
public final class RenyiAccountant {

    /** The largest multiplier that {@link #multiplier} returns. */
    public static final double LARGEST_MULTIPLIER = 1e6;

    private static final double SMALLEST_MULTIPLIER = 1e-3;
    private static final double LOWEST_LOG_ORDER = -14;
    private static final double HIGHEST_LOG_ORDER = 28;
    private static final int SEARCH_STEPS = 80;
    private static final double GOLDEN = 0.6180339887498949;
    private static final int DIGITS = 6;

    private RenyiAccountant() {}

    /**
     * Returns epsilon after a number of releases.
     *
     * @param multiplier above 0
     * @param releases at least 0
     * @param delta in (0, 1)
     */
    public static double epsilon(double multiplier, long releases, double delta) {
        return epsilon(multiplier, releases, delta, 0);
    }

    /**
     * Returns epsilon after a number of releases with noise whose probabilities differ from those of a discrete
     * Gaussian by a factor of at most e^correction in either direction. By {@code P <= e^c P'} and
     * {@code Q >= e^-c Q'}, each release adds {@code c (2 alpha - 1)/(alpha - 1)} to the divergence of order
     * alpha.
     *
     * @param multiplier above 0
     * @param releases at least 0
     * @param delta in (0, 1)
     * @param correction c, at least 0
     */
    static double epsilon(double multiplier, long releases, double delta, double correction) {
        require(multiplier, releases, delta);
        return epsilon(new PrivacyCost(releases / (2 * multiplier * multiplier), releases * correction), delta);
    }

    /** Returns the epsilon of a cost. */
    static double epsilon(PrivacyCost cost, double delta) {
        requireProbability(delta);
        if (cost.rho() == 0) {
            return 0;
        }
        double low = LOWEST_LOG_ORDER;
        double high = HIGHEST_LOG_ORDER;
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < SEARCH_STEPS; i++) {
            double left = high - GOLDEN * (high - low);
            double right = low + GOLDEN * (high - low);
            double atLeft = atLogOrder(cost, left, delta);
            double atRight = atLogOrder(cost, right, delta);
            best = Math.min(best, Math.min(atLeft, atRight));
            if (atLeft <= atRight) {
                high = right;
            } else {
                low = left;
            }
        }
        return Math.max(0, best);
    }

    /** Returns the epsilon that the order {@code 1 + e^t} gives. */
    private static double atLogOrder(PrivacyCost cost, double t, double delta) {
        double above = StrictMath.exp(t);
        return convert(cost.rho() * (1 + above) + cost.correction() * (2 + 1 / above), 1 + above, delta);
    }

    /** Converts the Rényi divergence of one order. */
    static double convert(double divergence, double order, double delta) {
        return divergence
                + StrictMath.log1p(-1 / order)
                - (StrictMath.log(delta) + StrictMath.log(order)) / (order - 1);
    }

    /**
     * Returns the largest number of releases whose epsilon is within a budget, 0 to {@link Integer#MAX_VALUE}.
     *
     * @param multiplier above 0
     * @param epsilon at least 0
     * @param delta in (0, 1)
     */
    public static int releases(double multiplier, double epsilon, double delta) {
        return releases(multiplier, epsilon, delta, 0);
    }

    /** Returns the largest number of releases with a correction whose epsilon is within a budget. */
    static int releases(double multiplier, double epsilon, double delta, double correction) {
        long within = 0;
        long beyond = (long) Integer.MAX_VALUE + 1;
        while (beyond - within > 1) {
            long middle = (within + beyond) >>> 1;
            if (epsilon(multiplier, middle, delta, correction) <= epsilon) {
                within = middle;
            } else {
                beyond = middle;
            }
        }
        return (int) within;
    }

    /**
     * Returns the smallest multiplier, rounded up to six significant digits, with which a number of releases
     * stays within a budget.
     *
     * @param epsilon above 0
     * @param delta in (0, 1)
     * @param releases at least 1
     * @throws IllegalArgumentException if it would be above {@link #LARGEST_MULTIPLIER}
     */
    public static double multiplier(double epsilon, double delta, long releases) {
        if (!(epsilon(LARGEST_MULTIPLIER, releases, delta) <= epsilon)) {
            throw new IllegalArgumentException("epsilon is " + epsilon + " for " + releases
                    + " releases with delta " + delta + ", expected a budget that noise of " + LARGEST_MULTIPLIER
                    + " times the sensitivity can meet: raise epsilon or delta, or plan fewer rounds");
        }
        double low = SMALLEST_MULTIPLIER;
        double high = LARGEST_MULTIPLIER;
        for (int i = 0; i < SEARCH_STEPS; i++) {
            double middle = Math.sqrt(low * high);
            if (epsilon(middle, releases, delta) <= epsilon) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return roundedUp(high);
    }

    private static double roundedUp(double value) {
        return new BigDecimal(value)
                .round(new MathContext(DIGITS, RoundingMode.CEILING))
                .doubleValue();
    }

    private static void require(double multiplier, long releases, double delta) {
        if (!(multiplier > 0) || Double.isInfinite(multiplier)) {
            throw new IllegalArgumentException(
                    "the noise multiplier is " + multiplier + ", expected a finite number above 0");
        }
        if (releases < 0) {
            throw new IllegalArgumentException("releases is " + releases + ", expected at least 0");
        }
        requireProbability(delta);
    }

    private static void requireProbability(double delta) {
        if (!(delta > 0 && delta < 1)) {
            throw new IllegalArgumentException(
                    "delta is " + delta + ", expected a probability above 0 and below 1 such as 1e-6");
        }
    }
}
