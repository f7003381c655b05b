package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.experiment.ThresholdSettings;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.Comparison.Paired;
import io.evenkeel.trial.result.Comparison.Ratio;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Compares arms: first quality, then bytes and rounds to the hardest target that both reached. */
final class Contrasts {

    private static final double PERCENT = 100;

    private final List<Target> targets;
    private final ThresholdSettings thresholds;
    private final QualityJudge quality;

    /**
     * @param targets the targets, the easiest first
     */
    Contrasts(List<Target> targets, ThresholdSettings thresholds, QualityJudge quality) {
        this.targets = targets;
        this.thresholds = thresholds;
        this.quality = quality;
    }

    Comparison.Contrast of(ArmFigures arm, ArmFigures other) {
        QualityJudge.Result result = quality.of(arm, other);
        Target target = common(arm, other);
        boolean compared = result.difference().pairs() > 0;
        return new Comparison.Contrast(
                arm.name(),
                other.name(),
                result.measure(),
                Spreads.finite(arm.median(result.figure())),
                Spreads.finite(other.median(result.figure())),
                result.answer(),
                compared ? result.margin() : null,
                compared ? result.difference() : null,
                target == null ? null : target.toString(),
                target == null ? null : value(target, other),
                target == null ? null : rounds(arm, other, target),
                target == null ? null : bytes(arm, other, target, TrajectoryPoint::uplinkBytes),
                target == null ? null : bytes(arm, other, target, TrajectoryPoint::downlinkBytes),
                target == null ? null : roundsWithSearch(arm, other, target),
                target == null ? null : uplinkWithSearch(arm, other, target));
    }

    /** Returns the target's position among the targets, from 0; -1 if there is none. */
    int difficulty(Comparison.Contrast contrast) {
        return targets.stream().map(Target::toString).toList().indexOf(contrast.target());
    }

    static Paired metric(ArmFigures arm, ArmFigures other) {
        return PairedTest.of(
                "final test-metric",
                false,
                arm.figures(RunFigures::finalTestMetric),
                other.figures(RunFigures::finalTestMetric));
    }

    static Paired loss(ArmFigures arm, ArmFigures other) {
        return PairedTest.of(
                "final loss", false, arm.figures(RunFigures::finalLoss), other.figures(RunFigures::finalLoss));
    }

    /** Returns the hardest target that both reached in more than half of the runs, and not before anything was sent. */
    private @Nullable Target common(ArmFigures arm, ArmFigures other) {
        Target hardest = null;
        for (Target target : targets) {
            if (arm.reaches(target)
                    && other.reaches(target)
                    && bytes(arm, other, target, TrajectoryPoint::uplinkBytes).value() != null) {
                hardest = target;
            }
        }
        return hardest;
    }

    private static @Nullable Double value(Target target, ArmFigures other) {
        return Spreads.finite(other.median(run -> run.goal(target).value()));
    }

    static Paired roundsTest(ArmFigures arm, ArmFigures other, Target target) {
        return PairedTest.of("rounds to " + target, true, arm.rounds(target), other.rounds(target));
    }

    static Paired bytesTest(
            ArmFigures arm, ArmFigures other, Target target, ToDoubleFunction<TrajectoryPoint> bytes, String name) {
        return PairedTest.of(name + " bytes to " + target, true, arm.at(target, bytes), other.at(target, bytes));
    }

    private Ratio rounds(ArmFigures arm, ArmFigures other, Target target) {
        return ratio(
                roundsTest(arm, other, target), thresholds.roundsPercent(), arm.rounds(target), other.rounds(target));
    }

    private Ratio bytes(ArmFigures arm, ArmFigures other, Target target, ToDoubleFunction<TrajectoryPoint> bytes) {
        return ratio(
                bytesTest(arm, other, target, bytes, ""),
                thresholds.bytesPercent(),
                arm.rounds(target),
                other.rounds(target));
    }

    private @Nullable Ratio roundsWithSearch(ArmFigures arm, ArmFigures other, Target target) {
        return withSearch(
                arm,
                other,
                Spreads.median(arm.rounds(target)),
                Spreads.median(other.rounds(target)),
                ArmSummary.Search::rounds,
                thresholds.roundsPercent());
    }

    private @Nullable Ratio uplinkWithSearch(ArmFigures arm, ArmFigures other, Target target) {
        return withSearch(
                arm,
                other,
                Spreads.median(arm.at(target, TrajectoryPoint::uplinkBytes)),
                Spreads.median(other.at(target, TrajectoryPoint::uplinkBytes)),
                ArmSummary.Search::uplinkBytes,
                thresholds.bytesPercent());
    }

    private static @Nullable Ratio withSearch(
            ArmFigures arm,
            ArmFigures other,
            double mine,
            double theirs,
            ToLongFunction<ArmSummary.Search> cost,
            double percent) {
        ArmSummary.Search own = arm.search();
        ArmSummary.Search others = other.search();
        if (own == null && others == null) {
            return null;
        }
        double ratio = (mine + (own == null ? 0 : cost.applyAsLong(own)))
                / (theirs + (others == null ? 0 : cost.applyAsLong(others)));
        return Double.isFinite(ratio) && ratio > 0 ? new Ratio(ratio, sign(ratio, percent)) : null;
    }

    /**
     * The test covers only seeds for which both arms reached the target. Seeds for which only one did must
     * not contradict it.
     */
    private static Ratio ratio(Paired test, double percent, double[] arm, double[] other) {
        if (test.pairs() == 0) {
            return new Ratio(null, "unclear");
        }
        String sign = sign(test.estimate(), percent);
        boolean isUnclear = (!sign.equals("same") && covers(test, 1))
                || (!sign.equals("more") && onlyFirst(other, arm) > 0)
                || (!sign.equals("fewer") && onlyFirst(arm, other) > 0);
        return new Ratio(test.estimate(), isUnclear ? "unclear" : sign);
    }

    /** Returns the number of seeds for which only the first of two arms reached a target. */
    static long onlyFirst(double[] first, double[] second) {
        return IntStream.range(0, Math.min(first.length, second.length))
                .filter(i -> Double.isFinite(first[i]) && !Double.isFinite(second[i]))
                .count();
    }

    /** Treats a ratio and its inverse alike. */
    private static String sign(double ratio, double percent) {
        double least = 1 + percent / PERCENT;
        return ratio < least && ratio > 1 / least ? "same" : ratio == 1 ? "same" : ratio < 1 ? "fewer" : "more";
    }

    private static boolean covers(Paired test, double none) {
        Double low = test.low();
        Double high = test.high();
        return low != null && high != null && low <= none && none <= high;
    }
}
