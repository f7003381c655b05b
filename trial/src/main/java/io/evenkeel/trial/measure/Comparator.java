package io.evenkeel.trial.measure;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.result.Summary.Comparison;
import io.evenkeel.trial.result.Summary.Paired;
import io.evenkeel.trial.result.TrajectoryPoint;
import io.evenkeel.trial.simulation.Arm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Judges an arm against the baseline: target by target by the rounds it took, and by what came out in the end. A difference counts
 * if it is more than 5% and, with two seeds or more, the paired test's interval leaves "no difference" out.
 */
final class Comparator {

    /** Ratios within this of 1 are no difference worth telling. */
    private static final double NEGLIGIBLE = 1.05;

    /** Differences of accuracies within this are none worth telling. */
    private static final double NEGLIGIBLE_POINTS = 0.002;

    /** Differences of final losses within this share of what training took off the loss are none worth telling. */
    private static final double NEGLIGIBLE_LOSS = 0.01;

    private final List<Target> targets;
    private final Arm arm;
    private final List<RunFigures> runs;
    private final Arm baseline;
    private final List<RunFigures> baselineRuns;
    private final List<Paired> tests = new ArrayList<>();
    private final List<String> sentences = new ArrayList<>();
    private int better;
    private int worse;
    private int undecided;
    private boolean toldByTargets;

    Comparator(List<Target> targets, Arm arm, List<RunFigures> runs, Arm baseline, List<RunFigures> baselineRuns) {
        this.targets = targets;
        this.arm = arm;
        this.runs = runs;
        this.baseline = baseline;
        this.baselineRuns = baselineRuns;
    }

    Comparison compare() {
        targets.forEach(this::judgeTarget);
        judgeEnd();
        if (Stream.concat(runs.stream(), baselineRuns.stream()).anyMatch(RunFigures::interrupted)) {
            String headline = "stopped before the end, so there is no verdict yet.";
            return new Comparison(arm.name(), "undecided", headline, List.copyOf(sentences), null, tests);
        }
        String verdict = better > 0 && worse > 0
                ? "mixed"
                : better > 0 ? "better" : worse > 0 ? "worse" : undecided > 0 ? "undecided" : "no-difference";
        String reason = worse > 0 ? Diagnosis.of(arm, runs) : null;
        return new Comparison(arm.name(), verdict, headline(verdict), List.copyOf(sentences), reason, tests);
    }

    private String headline(String verdict) {
        boolean normalized = !"plain".equals(arm.algorithm().step().text());
        String what = normalized && "plain".equals(baseline.algorithm().step().text()) ? "normalization" : arm.name();
        return switch (verdict) {
            case "better" -> what + " was better here.";
            case "worse" -> what + " was worse here.";
            case "mixed" -> what + " was better in part and worse in part.";
            case "undecided" -> "too few seeds to tell " + arm.name() + " and " + baseline.name() + " apart.";
            default -> "no difference seen between " + arm.name() + " and " + baseline.name() + ".";
        };
    }

    private void judgeTarget(Target target) {
        double[] mine = rounds(runs, target);
        double[] theirs = rounds(baselineRuns, target);
        long reached = Arrays.stream(mine).filter(Double::isFinite).count();
        long baselineReached = Arrays.stream(theirs).filter(Double::isFinite).count();
        if (Arrays.stream(mine).allMatch(k -> k == 1) && Arrays.stream(theirs).allMatch(k -> k == 1)) {
            return;
        }
        toldByTargets |= reached + baselineReached > 0;
        Paired byRounds = PairedTest.of("rounds to " + target, true, mine, theirs);
        if (byRounds.pairs() > 0) {
            tests.add(byRounds);
            tests.add(PairedTest.of(
                    "uplink bytes to " + target,
                    true,
                    figures(runs, f -> Summarizer.at(f, target, TrajectoryPoint::uplinkBytes)),
                    figures(baselineRuns, f -> Summarizer.at(f, target, TrajectoryPoint::uplinkBytes))));
        }
        if (reached != baselineReached) {
            boolean more = reached > baselineReached;
            count(more ? 1 : -1);
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s: reached by %s in %d of %d runs, by %s in %d of %d.",
                    target,
                    arm.name(),
                    reached,
                    mine.length,
                    baseline.name(),
                    baselineReached,
                    theirs.length));
        } else if (byRounds.pairs() > 0) {
            int direction = direction(byRounds);
            count(direction);
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s: %s after %s rounds, %s after %s%s.",
                    target,
                    arm.name(),
                    median(mine),
                    baseline.name(),
                    median(theirs),
                    direction == 0 && !isNegligible(byRounds) ? " (could be chance)" : ""));
        }
    }

    private void judgeEnd() {
        double[] losses = figures(runs, RunFigures::finalLoss);
        double[] baselineLosses = figures(baselineRuns, RunFigures::finalLoss);
        Paired loss = PairedTest.of("final loss", false, losses, baselineLosses);
        tests.add(loss);
        judgeFinalLoss(loss, Math.min(Spreads.median(losses.clone()), Spreads.median(baselineLosses.clone())));
        Paired norm = PairedTest.of(
                "final grad-norm",
                true,
                figures(runs, RunFigures::finalGradNorm),
                figures(baselineRuns, RunFigures::finalGradNorm));
        tests.add(norm);
        Paired metric = PairedTest.of(
                "final test-metric",
                false,
                figures(runs, RunFigures::finalTestMetric),
                figures(baselineRuns, RunFigures::finalTestMetric));
        if (metric.pairs() > 0) {
            tests.add(metric);
            boolean small = Math.abs(metric.estimate()) < NEGLIGIBLE_POINTS;
            count(small ? 0 : significance(metric, 0) * (metric.estimate() > 0 ? 1 : -1));
            sentences.add(String.format(
                    Locale.ROOT,
                    "Final accuracy: %s %.4f, %s %.4f%s.",
                    arm.name(),
                    Spreads.median(figures(runs, RunFigures::finalTestMetric)),
                    baseline.name(),
                    Spreads.median(figures(baselineRuns, RunFigures::finalTestMetric)),
                    small ? " (no difference worth telling)" : ""));
        }
        sentences.add(String.format(
                Locale.ROOT,
                "Final loss: %s %s, %s %s.",
                arm.name(),
                number(Spreads.median(losses)),
                baseline.name(),
                number(Spreads.median(baselineLosses))));
        long diverged = runs.stream().filter(RunFigures::diverged).count();
        long baselineDiverged =
                baselineRuns.stream().filter(RunFigures::diverged).count();
        if (diverged != baselineDiverged) {
            count(diverged < baselineDiverged ? 1 : -1);
            sentences.add(String.format(
                    Locale.ROOT,
                    "Diverged: %s in %d of %d runs, %s in %d of %d.",
                    arm.name(),
                    diverged,
                    runs.size(),
                    baseline.name(),
                    baselineDiverged,
                    baselineRuns.size()));
        } else if (!toldByTargets && metric.pairs() == 0) {
            // Neither got anywhere that was asked for, so where they ended is all there is to go by.
            count(direction(norm));
        }
    }

    /** Who reaches a target sooner may end higher all the same. */
    private void judgeFinalLoss(Paired loss, double least) {
        double shed = Spreads.median(figures(runs, RunFigures::firstLoss)) - least;
        if (loss.pairs() > 0 && Math.abs(loss.estimate()) > NEGLIGIBLE_LOSS * Math.max(0, shed)) {
            count(significance(loss, 0) * (loss.estimate() < 0 ? 1 : -1));
        }
    }

    /** 1 if the arm is better by this ratio, where less is better; -1 if worse; 0 if neither can be said. */
    private int direction(Paired test) {
        if (isNegligible(test)) {
            return 0;
        }
        return significance(test, 1) * (test.estimate() < 1 ? 1 : -1);
    }

    private static boolean isNegligible(Paired test) {
        return test.estimate() < NEGLIGIBLE && test.estimate() > 1 / NEGLIGIBLE;
    }

    private int significance(Paired test, double none) {
        Double low = test.low();
        Double high = test.high();
        boolean covers = low != null && high != null && low <= none && none <= high;
        undecided += covers ? 1 : 0;
        return covers ? 0 : 1;
    }

    private void count(int direction) {
        better += direction > 0 ? 1 : 0;
        worse += direction < 0 ? 1 : 0;
    }

    private static double[] rounds(List<RunFigures> runs, Target target) {
        // Reached at the start is after one round, lest a ratio be of zeros.
        return figures(runs, f -> Math.max(1, Summarizer.at(f, target, TrajectoryPoint::round)));
    }

    private static double[] figures(List<RunFigures> runs, ToDoubleFunction<RunFigures> what) {
        return runs.stream().mapToDouble(what).toArray();
    }

    private static String median(double[] figures) {
        double median = Spreads.median(figures.clone());
        return Double.isFinite(median) ? String.format(Locale.ROOT, "%.0f", median) : "never";
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.6g", value) : "none";
    }
}
