package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.Comparison.Contrast;
import io.evenkeel.trial.result.Comparison.Paired;
import io.evenkeel.trial.result.Comparison.Ratio;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares an arm with the baseline by its contrast, and by the requested targets that only one of them reached. The
 * verdict is mixed if the arm is better in one respect and worse in another.
 */
final class Comparator {

    private final List<Target> targets;
    private final ArmFigures arm;
    private final ArmFigures baseline;
    private final Contrast contrast;
    private final List<Paired> tests = new ArrayList<>();
    private int better;
    private int worse;
    private boolean undecided;

    Comparator(List<Target> targets, Contrasts contrasts, ArmFigures arm, ArmFigures baseline) {
        this.targets = targets;
        this.arm = arm;
        this.baseline = baseline;
        this.contrast = contrasts.of(arm, baseline);
    }

    /** Returns the comparison, without its sentences. */
    Comparison compare() {
        targets.forEach(this::target);
        end();
        if (arm.isInterrupted() || baseline.isInterrupted()) {
            return comparison("undecided", null);
        }
        if (!arm.isAsPrivateAs(baseline)) {
            return comparison("other-privacy", null);
        }
        count(contrast.quality());
        count(contrast.uplink());
        count(contrast.rounds());
        String verdict = verdict(contrast.quality());
        boolean behind = "worse".equals(verdict) || "worse".equals(contrast.quality());
        String reason = behind ? Diagnosis.of(arm.arm(), arm.runs()) : null;
        return comparison(verdict, reason);
    }

    private Comparison comparison(String verdict, @Nullable String reason) {
        return new Comparison(arm.name(), verdict, contrast, "", List.of(), reason, tests);
    }

    /** An arm is not better while its quality is unclear, regardless of its savings. */
    private String verdict(String quality) {
        if (QualityJudge.UNCLEAR.equals(quality)) {
            return "undecided";
        }
        return better > 0 && worse > 0
                ? "mixed"
                : better > 0 ? "better" : worse > 0 ? "worse" : undecided ? "undecided" : "no-difference";
    }

    private void count(String quality) {
        better += "better".equals(quality) ? 1 : 0;
        worse += "worse".equals(quality) ? 1 : 0;
        undecided |= "unclear".equals(quality);
    }

    private void count(@Nullable Ratio ratio) {
        if (ratio != null) {
            better += "fewer".equals(ratio.sign()) ? 1 : 0;
            worse += "more".equals(ratio.sign()) ? 1 : 0;
            undecided |= "unclear".equals(ratio.sign());
        }
    }

    private void target(Target target) {
        double[] mine = arm.rounds(target);
        double[] theirs = baseline.rounds(target);
        if (Arrays.stream(mine).allMatch(k -> k == 1) && Arrays.stream(theirs).allMatch(k -> k == 1)) {
            return;
        }
        Paired byRounds = Contrasts.roundsTest(arm, baseline, target);
        if (byRounds.pairs() > 0) {
            tests.add(byRounds);
            tests.add(Contrasts.bytesTest(arm, baseline, target, TrajectoryPoint::uplinkBytes, "uplink"));
        }
        if (!target.share() && reached(mine) != reached(theirs)) {
            unlike(mine, theirs);
        }
    }

    /**
     * Counts a target that one arm reached more often: with half of the seeds, or by more than two standard
     * errors of the number of seeds for which only one did (McNemar). Shares of the baseline's gain do not
     * count, since the contrast already covers them: an arm that misses 90% also differs in final quality.
     */
    private void unlike(double[] mine, double[] theirs) {
        long more = Contrasts.onlyFirst(mine, theirs);
        long less = Contrasts.onlyFirst(theirs, mine);
        long gap = Math.abs(more - less);
        boolean isClear = 2 * gap >= mine.length || gap * gap > 4 * (more + less);
        count(!isClear ? QualityJudge.UNCLEAR : more > less ? QualityJudge.BETTER : QualityJudge.WORSE);
    }

    private static long reached(double[] rounds) {
        return Arrays.stream(rounds).filter(Double::isFinite).count();
    }

    private void end() {
        tests.add(Contrasts.loss(arm, baseline));
        tests.add(PairedTest.of(
                "final grad-norm",
                true,
                arm.figures(RunFigures::finalGradNorm),
                baseline.figures(RunFigures::finalGradNorm)));
        Paired metric = Contrasts.metric(arm, baseline);
        if (metric.pairs() > 0) {
            tests.add(metric);
        }
    }
}
