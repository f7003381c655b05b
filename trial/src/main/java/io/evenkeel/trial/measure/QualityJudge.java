package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.ThresholdSettings;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.result.ClassBalance;
import io.evenkeel.trial.result.Comparison.Paired;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Judges the final quality of an arm by a test of non-inferiority: it is not worse than another arm's if the 95%
 * interval of the paired difference (Student's t) lies above the negative margin. A single seed has no interval and is
 * inconclusive, unless nothing is random. With unbalanced classes both the metric and the loss are tested, and the less
 * favourable result counts.
 */
final class QualityJudge {

    static final String BETTER = "better";
    static final String NOT_WORSE = "not-worse";
    static final String WORSE = "worse";
    static final String UNCLEAR = "unclear";

    private static final String LOSS = "loss";
    private static final double PERCENT = 100;

    private final ThresholdSettings thresholds;
    private final @Nullable QualityMetric metric;
    private final boolean lossCounts;
    private final boolean exact;

    /**
     * @param metric the metric on held-out samples, or null
     * @param classes the class balance of the training samples, or null
     * @param exact whether the figures do not depend on the seed, so that one seed is exact
     */
    QualityJudge(
            ThresholdSettings thresholds,
            @Nullable QualityMetric metric,
            @Nullable ClassBalance classes,
            boolean exact) {
        this.thresholds = thresholds;
        this.metric = metric;
        this.lossCounts = classes != null && classes.unbalanced();
        this.exact = exact;
    }

    /**
     * The decisive measure of an arm's quality.
     *
     * @param measure the metric's name, or loss
     * @param figure the final figure of a run
     * @param margin the largest difference that is ignored
     * @param difference the arm's figure minus that of the other arm
     * @param answer better, not-worse, worse or unclear
     */
    record Result(
            String measure, ToDoubleFunction<RunFigures> figure, double margin, Paired difference, String answer) {

        private int severity() {
            return WORSE.equals(answer) ? 0 : UNCLEAR.equals(answer) ? 1 : 2;
        }
    }

    Result of(ArmFigures arm, ArmFigures other) {
        List<Result> results = new ArrayList<>();
        Paired byMetric = Contrasts.metric(arm, other);
        if (metric != null && byMetric.pairs() > 0) {
            double margin = QualityMetric.hasUnitScale(metric.name())
                    ? thresholds.accuracyPoints() / PERCENT
                    : shareOfGain(other, RunFigures::firstTestMetric, RunFigures::finalTestMetric);
            results.add(result(metric.name(), RunFigures::finalTestMetric, margin, byMetric, metric.higherIsBetter()));
        }
        if (lossCounts || results.isEmpty()) {
            double margin = shareOfGain(other, RunFigures::firstLoss, RunFigures::finalLoss);
            results.add(result(LOSS, RunFigures::finalLoss, margin, Contrasts.loss(arm, other), false));
        }
        Result decisive =
                results.stream().min(Comparator.comparingInt(Result::severity)).orElseThrow();
        if (arm.diverged() == other.diverged()) {
            return decisive;
        }
        // Fewer divergences are better, regardless of all other figures.
        return new Result(
                decisive.measure,
                decisive.figure,
                decisive.margin,
                decisive.difference,
                arm.diverged() < other.diverged() ? BETTER : WORSE);
    }

    private double shareOfGain(
            ArmFigures other, ToDoubleFunction<RunFigures> first, ToDoubleFunction<RunFigures> last) {
        double gain = Math.abs(other.median(first) - other.median(last));
        return Double.isFinite(gain) ? thresholds.lossPercent() / PERCENT * gain : 0;
    }

    private Result result(
            String measure, ToDoubleFunction<RunFigures> figure, double margin, Paired test, boolean higherIsBetter) {
        return new Result(measure, figure, margin, test, answer(test, margin, higherIsBetter ? 1 : -1));
    }

    private String answer(Paired test, double margin, int sign) {
        Double low = test.low();
        Double high = test.high();
        if (test.pairs() == 0 || (low == null && !exact)) {
            return UNCLEAR;
        }
        double gain = sign * test.estimate();
        double least = low == null || high == null ? gain : Math.min(sign * low, sign * high);
        double most = low == null || high == null ? gain : Math.max(sign * low, sign * high);
        if (least >= -margin) {
            return least > 0 && gain >= margin ? BETTER : NOT_WORSE;
        }
        return most < 0 && gain <= -margin ? WORSE : UNCLEAR;
    }
}
