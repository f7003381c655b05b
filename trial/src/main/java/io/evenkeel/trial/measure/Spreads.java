package io.evenkeel.trial.measure;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.result.ArmSummary.Spread;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Computes medians over seeds with bootstrap intervals; an unreached figure counts as infinite. */
public final class Spreads {

    private static final int RESAMPLES = 2000;
    private static final int MIN_SEEDS = 3;
    private static final long SEED = 95;

    private Spreads() {}

    /**
     * Returns the median and its 95% percentile bootstrap interval (Efron), deterministically.
     *
     * @param figures one for each seed; infinite if there is none
     */
    static Spread of(double[] figures) {
        int known = (int) Arrays.stream(figures).filter(Double::isFinite).count();
        if (figures.length == 0) {
            return new Spread(null, null, null, 0);
        }
        Double median = finite(median(figures.clone()));
        if (figures.length < MIN_SEEDS) {
            return new Spread(median, null, null, known);
        }
        double[] medians = new double[RESAMPLES];
        double[] resample = new double[figures.length];
        SplitMix64 random = new SplitMix64(SEED);
        for (int r = 0; r < RESAMPLES; r++) {
            for (int i = 0; i < resample.length; i++) {
                resample[i] = figures[random.next(figures.length)];
            }
            medians[r] = median(resample);
        }
        Arrays.sort(medians);
        return new Spread(
                median,
                finite(medians[(int) (0.025 * RESAMPLES)]),
                finite(medians[(int) (0.975 * RESAMPLES) - 1]),
                known);
    }

    /** Sorts the figures and returns their median; for an even number, the mean of the middle two. */
    public static double median(double[] figures) {
        Arrays.sort(figures);
        int middle = figures.length / 2;
        return figures.length % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
    }

    /** Returns the value, null if it is not finite. */
    public static @Nullable Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
