package io.evenkeel.trial.report;

import io.evenkeel.operator.terminal.Quantity;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.Summary;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The tables of a trial: targets, quality, progress per byte, stability, tests, and each run. */
final class MeasureSection {

    private final TrialResults trial;
    private final Summary summary;
    private final VerdictSection verdicts;

    MeasureSection(TrialResults trial) {
        this.trial = trial;
        this.summary = trial.summary();
        this.verdicts = new VerdictSection(trial);
    }

    void write(Markup to) {
        to.element("h2", "What it took");
        for (int t = 0; t < summary.targets().size(); t++) {
            target(to, t);
        }
        to.element("h2", "Where they ended");
        quality(to);
        to.element("h2", "How evenly they went");
        stability(to);
        to.element("h2", "Tests against " + summary.baseline());
        tests(to);
        to.element("h2", "Every run");
        runs(to);
    }

    private void target(Markup to, int t) {
        Grid grid = Grid.begin(
                to,
                "Until " + TextFormat.target(summary.targets().get(t)) + ": median [95% interval over seeds]",
                List.of("method", "reached", "rounds", "bytes up", "bytes down", "seconds"));
        for (Summary.ArmSummary arm : summary.arms()) {
            Summary.Reach reach = arm.reaches().get(t);
            grid.row(
                    trial.style(arm.name()),
                    List.of(
                            arm.name(),
                            reach.reached() == 0
                                    ? summary.complete() ? "never" : "not yet"
                                    : TextFormat.count(reach.reached(), reach.seeds()),
                            TextFormat.spread(reach.rounds(), MeasureSection::whole),
                            TextFormat.spread(reach.uplinkBytes(), TextFormat::bytes),
                            TextFormat.spread(reach.downlinkBytes(), TextFormat::bytes),
                            TextFormat.spread(reach.seconds(), TextFormat::seconds)));
        }
        grid.end();
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private void quality(Markup to) {
        Grid grid = Grid.begin(
                to,
                "Final quality and progress per byte: median [95% interval over seeds]",
                List.of("method", "final loss", "final ‖∇f‖", "best ‖∇f‖", "accuracy", "loss shed per MB up"));
        for (Summary.ArmSummary arm : summary.arms()) {
            Summary.Quality quality = arm.quality();
            grid.row(
                    trial.style(arm.name()),
                    List.of(
                            arm.name(),
                            TextFormat.spread(quality.loss(), value -> TextFormat.loss(value)),
                            TextFormat.spread(quality.gradNorm(), value -> TextFormat.number(value)),
                            TextFormat.spread(quality.bestGradNorm(), value -> TextFormat.number(value)),
                            TextFormat.spread(quality.testMetric(), value -> TextFormat.percent(value)),
                            TextFormat.spread(arm.lossPerMegabyte(), value -> TextFormat.number(value))));
        }
        grid.end();
    }

    private void stability(Markup to) {
        Grid grid = Grid.begin(
                to,
                "Stability: shares and spreads are medians over seeds",
                List.of(
                        "method",
                        "rounds in which the loss rose",
                        "in the last tenth",
                        "largest rise",
                        "spread of the loss in the last tenth",
                        "diverged"));
        for (Summary.ArmSummary arm : summary.arms()) {
            Summary.Stability stability = arm.stability();
            grid.row(
                    trial.style(arm.name()),
                    List.of(
                            arm.name(),
                            TextFormat.percent(stability.shareOfRises()),
                            TextFormat.percent(stability.lastTenthShareOfRises()),
                            TextFormat.number(stability.largestRise()),
                            TextFormat.number(stability.lastTenthSpread()),
                            divergences(arm)));
        }
        grid.end();
    }

    private static String divergences(Summary.ArmSummary arm) {
        List<String> rounds = arm.runs().stream()
                .filter(run -> "diverged".equals(run.outcome()))
                .map(run -> Integer.toString(run.round()))
                .toList();
        return rounds.isEmpty()
                ? "none"
                : TextFormat.count(rounds.size(), arm.runs().size()) + ", round " + String.join(", ", rounds);
    }

    private void tests(Markup to) {
        Grid grid = Grid.begin(
                to,
                "Paired t-tests over seeds; ratios are tested by their logarithms",
                List.of("method", "figure", "estimate", "95% interval", "p", "pairs"));
        for (Summary.Comparison comparison : summary.comparisons()) {
            for (Summary.Paired test : comparison.tests()) {
                Double low = test.low();
                Double p = test.pValue();
                grid.row(
                        trial.style(comparison.arm()),
                        List.of(
                                comparison.arm(),
                                verdicts.figure(test.figure()) + (test.ratio() ? ", ratio" : ", difference"),
                                test.pairs() == 0 ? "–" : Numerals.shortest(test.estimate(), 3),
                                low == null ? "–" : Numerals.shortest(low, 3) + " to " + three(test.high()),
                                p == null ? "–" : Numerals.shortest(p, 2),
                                Integer.toString(test.pairs())));
            }
        }
        grid.end();
    }

    private static String three(@Nullable Double value) {
        return value == null ? "–" : Numerals.shortest(value, 3);
    }

    private void runs(Markup to) {
        Grid grid = Grid.begin(
                to,
                "Runs and how they ended; bytes and seconds are of all clients together",
                List.of("method, seed", "ended", "loss", "‖∇f‖", "accuracy", "bytes up", "bytes down", "seconds"));
        for (Summary.ArmSummary arm : summary.arms()) {
            for (Summary.Run run : arm.runs()) {
                grid.row(
                        trial.style(arm.name()),
                        List.of(
                                arm.name() + ", " + run.seed(),
                                run.outcome() + " in round " + whole(run.round()),
                                TextFormat.loss(run.loss()),
                                TextFormat.number(run.gradNorm()),
                                TextFormat.percent(run.testMetric()),
                                Quantity.bytes(run.uplinkBytes()),
                                Quantity.bytes(run.downlinkBytes()),
                                TextFormat.seconds(run.seconds())));
            }
        }
        grid.end();
    }
}
