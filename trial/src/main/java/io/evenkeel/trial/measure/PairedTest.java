package io.evenkeel.trial.measure;

import io.evenkeel.trial.result.Comparison.Paired;
import org.apache.commons.statistics.distribution.TDistribution;

/** The paired t-test, on differences or on logarithms of ratios. */
public final class PairedTest {

    private PairedTest() {}

    /**
     * Compares an arm's figures with the baseline's, seed by seed; omits pairs with a missing figure.
     *
     * @param ratio whether to compare ratios of figures above 0 instead of differences
     */
    public static Paired of(String figure, boolean ratio, double[] arm, double[] baseline) {
        double[] differences = new double[arm.length];
        int n = 0;
        for (int i = 0; i < arm.length; i++) {
            double difference = ratio ? StrictMath.log(arm[i]) - StrictMath.log(baseline[i]) : arm[i] - baseline[i];
            if (Double.isFinite(difference)) {
                differences[n++] = difference;
            }
        }
        double mean = 0;
        for (int i = 0; i < n; i++) {
            mean += differences[i] / n;
        }
        if (n < 2) {
            return new Paired(figure, ratio, n, back(ratio, mean), null, null, null);
        }
        double squares = 0;
        for (int i = 0; i < n; i++) {
            squares += (differences[i] - mean) * (differences[i] - mean);
        }
        double error = Math.sqrt(squares / (n - 1) / n);
        TDistribution t = TDistribution.of(n - 1);
        double reach = t.inverseSurvivalProbability(0.025) * error;
        Double p = error == 0 ? null : 2 * t.survivalProbability(Math.abs(mean) / error);
        return new Paired(figure, ratio, n, back(ratio, mean), back(ratio, mean - reach), back(ratio, mean + reach), p);
    }

    private static double back(boolean ratio, double value) {
        return ratio ? StrictMath.exp(value) : value;
    }
}
