package io.evenkeel.core.smoothness;

import io.evenkeel.core.vector.SplitMix64;
import java.util.Arrays;

/**
 * The upper envelope {@code L0 + L1 ||grad f||} of local ratios: a line above 95% of them, fitted by quantile
 * regression with both coefficients at least 0 (Koenker and Bassett, Econometrica 1978). Intervals come from
 * a moving-block bootstrap, since neighbouring rounds are correlated. Deterministic. The ratios are those of
 * (L0,L1)-smoothness, {@code ||grad f(x) - grad f(y)|| / ||x - y||}.
 */
public final class Envelope {

    private static final double QUANTILE = 0.95;
    private static final int RESAMPLES = 200;
    private static final int SEARCH_STEPS = 60;
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    /** The minimum number of ratios for a fit. */
    public static final int MIN_POINTS = 20;

    private static final long SEED = 95;

    private Envelope() {}

    /**
     * An envelope with intervals.
     *
     * @param points the number of ratios
     * @param l0 the estimate of L0
     * @param l0Low the lower end of its 95% interval
     * @param l0High the upper end
     * @param l1 the estimate of L1
     * @param l1Low the lower end of its 95% interval
     * @param l1High the upper end
     * @param plain the 95% quantile of the ratios: L, if the loss were smooth
     * @param gain the share by which the line reduces the misfit of a constant (Koenker and Machado's R1), 0
     *     to 1
     */
    public record Fit(
            int points,
            double l0,
            double l0Low,
            double l0High,
            double l1,
            double l1Low,
            double l1High,
            double plain,
            double gain) {

        /**
         * Returns whether the slope is significant: its interval excludes 0, and the gain is at least a
         * tenth.
         */
        public boolean isBetterThanPlain() {
            return l1Low > 0 && gain >= 0.1;
        }
    }

    /**
     * An envelope without intervals.
     *
     * @param l0 the estimate of L0, at least 0
     * @param l1 the estimate of L1, at least 0
     */
    public record Line(double l0, double l1) {}

    /**
     * Fits the envelope without intervals, which takes a hundredth of the time.
     *
     * @param norms the norms of the gradients
     * @param ratios the local ratios, one for each norm
     * @throws IllegalArgumentException if there are fewer than 20
     */
    public static Line line(double[] norms, double[] ratios) {
        requireEnough(norms.length);
        double[] line = least(norms, ratios);
        return new Line(line[0], line[1]);
    }

    private static void requireEnough(int n) {
        if (n < MIN_POINTS) {
            throw new IllegalArgumentException(
                    n + " ratios are too few to fit an envelope to: run at least " + MIN_POINTS + " more rounds");
        }
    }

    /**
     * Fits the envelope with intervals.
     *
     * @param norms the norms of the gradients
     * @param ratios the local ratios, one for each norm
     * @throws IllegalArgumentException if there are fewer than 20
     */
    public static Fit fit(double[] norms, double[] ratios) {
        int n = norms.length;
        requireEnough(n);
        double[] line = least(norms, ratios);
        double[] constant = {quantile(ratios.clone()), 0};
        double misfit = misfit(norms, ratios, constant[0], 0);
        double gain = misfit == 0 ? 0 : 1 - misfit(norms, ratios, line[0], line[1]) / misfit;
        double[] l0 = new double[RESAMPLES];
        double[] l1 = new double[RESAMPLES];
        SplitMix64 random = new SplitMix64(SEED);
        int block = (int) Math.max(1, Math.round(StrictMath.cbrt(n)));
        double[] someNorms = new double[n];
        double[] someRatios = new double[n];
        for (int r = 0; r < RESAMPLES; r++) {
            for (int i = 0; i < n; i += block) {
                int from = random.next(n - block + 1);
                int length = Math.min(block, n - i);
                System.arraycopy(norms, from, someNorms, i, length);
                System.arraycopy(ratios, from, someRatios, i, length);
            }
            double[] some = least(someNorms, someRatios);
            l0[r] = some[0];
            l1[r] = some[1];
        }
        Arrays.sort(l0);
        Arrays.sort(l1);
        int low = (int) (0.025 * RESAMPLES);
        int high = RESAMPLES - 1 - low;
        return new Fit(n, line[0], l0[low], l0[high], line[1], l1[low], l1[high], constant[0], Math.max(0, gain));
    }

    /**
     * Returns the line of least misfit. For each slope the best intercept is a quantile of the residuals. The
     * remaining misfit is convex in the slope, so a golden-section search finds the minimum.
     */
    private static double[] least(double[] norms, double[] ratios) {
        double steepest = 0;
        for (int i = 0; i < norms.length; i++) {
            steepest = norms[i] > 0 ? Math.max(steepest, ratios[i] / norms[i]) : steepest;
        }
        double low = 0;
        double high = steepest;
        for (int step = 0; step < SEARCH_STEPS; step++) {
            double left = high - GOLDEN * (high - low);
            double right = low + GOLDEN * (high - low);
            if (misfit(norms, ratios, intercept(norms, ratios, left), left)
                    <= misfit(norms, ratios, intercept(norms, ratios, right), right)) {
                high = right;
            } else {
                low = left;
            }
        }
        double slope = low + (high - low) / 2;
        slope = slope < 1e-9 * steepest ? 0 : slope;
        return new double[] {intercept(norms, ratios, slope), slope};
    }

    private static double intercept(double[] norms, double[] ratios, double slope) {
        double[] rest = new double[norms.length];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = ratios[i] - slope * norms[i];
        }
        return Math.max(0, quantile(rest));
    }

    /** Returns the quantile of the values, which it sorts in place. */
    private static double quantile(double[] values) {
        Arrays.sort(values);
        return values[(int) Math.ceil(QUANTILE * values.length) - 1];
    }

    private static double misfit(double[] norms, double[] ratios, double intercept, double slope) {
        double sum = 0;
        for (int i = 0; i < norms.length; i++) {
            double rest = ratios[i] - intercept - slope * norms[i];
            sum += rest > 0 ? QUANTILE * rest : (QUANTILE - 1) * rest;
        }
        return sum;
    }
}
