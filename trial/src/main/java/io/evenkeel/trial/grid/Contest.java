package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.measure.PairedTest;
import io.evenkeel.trial.measure.Spreads;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.text.TextFormat;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A normalized method against the best plain one at one value of an axis, each at its best step.
 *
 * @param where the value
 * @param mine the normalized method
 * @param theirs the plain one
 * @param target the target for counting rounds
 * @param improvement the loss reduction of the best method, NaN if there is none
 */
record Contest(String where, Side mine, Side theirs, Target target, double improvement) {

    /** The result of a comparison, from the normalized method's view. */
    enum Result {
        BETTER("helps"),
        WORSE("hurts"),
        SAME("makes no difference"),
        UNDECIDED("may be chance"),
        OPEN("is unknown, because the grid ends at the best step of the worse method");

        private final String text;

        Result(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    boolean hasMetric() {
        return Double.isFinite(Spreads.median(mine.metrics())) && Double.isFinite(Spreads.median(theirs.metrics()));
    }

    /**
     * Returns the normalized method's advantage at the end, seed by seed: in accuracy, or in loss if there is no
     * accuracy.
     */
    double[] qualityGains() {
        double[] own = hasMetric() ? mine.metrics() : theirs.losses();
        double[] others = hasMetric() ? theirs.metrics() : mine.losses();
        return IntStream.range(0, own.length)
                .mapToDouble(s -> own[s] - others[s])
                .toArray();
    }

    double qualityThreshold() {
        return hasMetric() ? Thresholds.POINTS : Thresholds.LOSS_SHARE * improvement;
    }

    /**
     * Returns the ratio of rounds, plain over normalized, seed by seed; 0 if only the normalized method misses the
     * target.
     */
    double[] speedGains() {
        double[] own = mine.rounds(target);
        double[] others = theirs.rounds(target);
        return IntStream.range(0, own.length)
                .mapToDouble(s -> others[s] / own[s])
                .toArray();
    }

    Result quality() {
        return settled(judge(qualityGains(), qualityThreshold()));
    }

    private Result speed() {
        return settled(judge(logarithms(speedGains()), StrictMath.log(Thresholds.ROUNDS)));
    }

    /** A method whose best step is at the end of the grid could be better than it seems. */
    private Result settled(Result result) {
        boolean open = result == Result.BETTER ? theirs.atEnd() : result == Result.WORSE && mine.atEnd();
        return open ? Result.OPEN : result;
    }

    /** Compares the quality, and then the rounds if the quality does not differ. */
    Result result() {
        Result quality = quality();
        return quality == Result.SAME ? speed() : quality;
    }

    static double[] logarithms(double[] ratios) {
        return Arrays.stream(ratios).map(StrictMath::log).toArray();
    }

    /**
     * Judges differences, where larger is better, by their median. With two or more seeds, the paired test's
     * 95% interval must exclude zero, and if a figure is infinite, all seeds must be on one side.
     *
     * @param threshold the smallest relevant difference, above 0
     */
    static Result judge(double[] gains, double threshold) {
        double median = Spreads.median(gains.clone());
        if (!(Math.abs(median) >= threshold)) {
            return Result.SAME;
        }
        return !isCertain(gains, median) ? Result.UNDECIDED : median > 0 ? Result.BETTER : Result.WORSE;
    }

    private static boolean isCertain(double[] gains, double median) {
        if (Arrays.stream(gains).anyMatch(gain -> !Double.isFinite(gain))) {
            return Arrays.stream(gains).allMatch(gain -> gain * median > 0);
        }
        Comparison.Paired test = PairedTest.of("gain", false, gains, new double[gains.length]);
        Double low = test.low();
        Double high = test.high();
        return low == null || high == null || low > 0 || high < 0;
    }

    /** Returns the figures, such as {@code 12 rounds against 40, accuracy 93.1 % against 93 %}. */
    String figures() {
        String quality = hasMetric()
                ? ", accuracy " + percent(mine.metrics()) + " against " + percent(theirs.metrics())
                : ", final loss " + TextFormat.loss(mine.medianLoss()) + " against "
                        + TextFormat.loss(theirs.medianLoss());
        return rounds(mine) + " rounds against " + rounds(theirs)
                + (mine.isLost() ? ", it diverged at every step" : quality);
    }

    String rounds(Side side) {
        double median = Spreads.median(side.rounds(target));
        return Double.isInfinite(median) ? "never" : Numerals.shortest(median, 3);
    }

    private static String percent(double[] metrics) {
        return TextFormat.percent(Spreads.median(metrics));
    }
}
