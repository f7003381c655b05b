package io.evenkeel.trial.study;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.measure.PairedTest;
import io.evenkeel.trial.measure.Spreads;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.report.TextFormat;
import io.evenkeel.trial.result.Comparison;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A normalized method against the best plain one at one value of an axis, each at its best step.
 *
 * @param where the value
 * @param mine the normalized method
 * @param theirs the plain one
 * @param target what rounds are counted to
 * @param improvement what the best method took off the loss, NaN for nothing
 */
record Contest(String where, Side mine, Side theirs, Target target, double improvement) {

    /** Compares two methods. */
    enum Result {
        BETTER("helps"),
        WORSE("hurts"),
        SAME("makes no difference"),
        UNDECIDED("cannot be told from chance"),
        OPEN("cannot be told, as the grid ends at the best step of the worse method");

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

    /** Returns by how much the normalized method ends better, seed by seed: in accuracy, or where there is none in loss. */
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

    /** Returns how many times fewer rounds the normalized method takes, seed by seed; 0 where it alone does not get there. */
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

    /** A method whose best step is where the grid ends could be better than it seems. */
    private Result settled(Result result) {
        boolean open = result == Result.BETTER ? theirs.atEnd() : result == Result.WORSE && mine.atEnd();
        return open ? Result.OPEN : result;
    }

    /** Quality decides; rounds do where quality does not differ. */
    Result result() {
        Result quality = quality();
        return quality == Result.SAME ? speed() : quality;
    }

    static double[] logarithms(double[] ratios) {
        return Arrays.stream(ratios).map(StrictMath::log).toArray();
    }

    /**
     * Judges differences, of which more is better, by their median; with two seeds or more the paired test's 95% interval has to exclude
     * zero, and where a figure is infinite all seeds have to be on one side.
     *
     * @param threshold below which a difference is none, above 0
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
