package io.evenkeel.trial.report;

import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.Figures;
import io.evenkeel.trial.text.TextFormat;
import io.evenkeel.trial.text.Texts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The tables of a trial: targets, quality, progress per byte, stability, tests, and each run. */
final class MeasureSection {

    private final Texts texts;
    private final Figures figures;
    private final TrialResults trial;
    private final Summary summary;

    MeasureSection(Texts texts, TrialResults trial) {
        this.texts = texts;
        this.figures = new Figures(texts, trial.summary());
        this.trial = trial;
        this.summary = trial.summary();
    }

    void write(Markup to) {
        to.element("h2", texts.get("measures.took"));
        for (int t = 0; t < summary.targets().size(); t++) {
            target(to, t);
        }
        to.element("h2", texts.get("measures.ended"));
        quality(to);
        to.element("h2", texts.get("measures.evenly"));
        stability(to);
        to.element("h2", texts.get("measures.tests", summary.baseline()));
        tests(to);
        to.element("h2", texts.get("measures.runs"));
        runs(to);
    }

    private void target(Markup to, int t) {
        Grid grid = Grid.begin(
                to,
                texts.get("measures.until", figures.target(summary, t), interval()),
                columns("method", "reached", "rounds", "up", "down", "seconds"));
        for (ArmSummary arm : summary.arms()) {
            ArmSummary.Reach reach = arm.reaches().get(t);
            grid.row(
                    trial.style(arm.name()),
                    List.of(
                            arm.name(),
                            reach.reached() == 0
                                    ? texts.get(summary.complete() ? "never" : "not-yet")
                                    : figures.count(reach.reached(), reach.seeds()),
                            TextFormat.spread(reach.rounds(), MeasureSection::whole),
                            TextFormat.spread(reach.uplinkBytes(), TextFormat::bytes),
                            TextFormat.spread(reach.downlinkBytes(), TextFormat::bytes),
                            TextFormat.spread(reach.seconds(), TextFormat::seconds)));
        }
        grid.end();
    }

    /** Explains the intervals in brackets; empty if there are too few seeds for intervals. */
    private String interval() {
        return texts.get(
                summary.problem().seeds().size() < Figures.SEEDS_FOR_AN_INTERVAL
                        ? "measures.median"
                        : "measures.interval");
    }

    private List<String> columns(String... keys) {
        return Arrays.stream(keys)
                .map(key -> "metric".equals(key) ? figures.metric() : texts.get("column." + key))
                .toList();
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private String metric(@Nullable Double value) {
        return TextFormat.metric(summary.problem().metric(), value);
    }

    private void quality(Markup to) {
        boolean isPrivate = summary.arms().stream().anyMatch(arm -> arm.privacy() != null);
        Grid grid = Grid.begin(
                to,
                texts.get("measures.quality", interval()),
                isPrivate
                        ? columns(
                                "method",
                                "privacy",
                                "final-loss",
                                "final-norm",
                                "best-norm",
                                "metric",
                                "loss-per-megabyte")
                        : columns("method", "final-loss", "final-norm", "best-norm", "metric", "loss-per-megabyte"));
        for (ArmSummary arm : summary.arms()) {
            ArmSummary.Quality quality = arm.quality();
            List<String> row = new ArrayList<>(List.of(arm.name()));
            if (isPrivate) {
                row.add(figures.privacy(arm));
            }
            row.addAll(List.of(
                    TextFormat.spread(quality.loss(), value -> TextFormat.loss(value)),
                    TextFormat.spread(quality.gradNorm(), value -> TextFormat.number(value)),
                    TextFormat.spread(quality.bestGradNorm(), value -> TextFormat.number(value)),
                    TextFormat.spread(quality.testMetric(), value -> metric(value)),
                    TextFormat.spread(arm.lossPerMegabyte(), value -> TextFormat.number(value))));
            grid.row(trial.style(arm.name()), row);
        }
        grid.end();
    }

    private void stability(Markup to) {
        Grid grid = Grid.begin(
                to,
                texts.get("measures.stability"),
                columns("method", "rises", "last-rises", "largest-rise", "last-spread", "diverged"));
        for (ArmSummary arm : summary.arms()) {
            ArmSummary.Stability stability = arm.stability();
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

    private String divergences(ArmSummary arm) {
        List<String> rounds = arm.runs().stream()
                .filter(run -> "diverged".equals(run.outcome()))
                .map(run -> Integer.toString(run.round()))
                .toList();
        return rounds.isEmpty()
                ? texts.get("none")
                : texts.get(
                        "measures.diverged",
                        figures.count(rounds.size(), arm.runs().size()),
                        String.join(", ", rounds));
    }

    private void tests(Markup to) {
        Grid grid = Grid.begin(
                to, texts.get("measures.paired"), columns("method", "figure", "estimate", "interval", "p", "pairs"));
        for (Comparison comparison : summary.comparisons()) {
            for (Comparison.Paired test : comparison.tests()) {
                Double low = test.low();
                Double p = test.pValue();
                grid.row(
                        trial.style(comparison.arm()),
                        List.of(
                                comparison.arm(),
                                texts.get(
                                        test.ratio() ? "measures.ratio" : "measures.difference",
                                        figures.figure(test.figure())),
                                test.pairs() == 0 ? "–" : Numerals.shortest(test.estimate(), 3),
                                low == null
                                        ? "–"
                                        : texts.get("measures.from-to", Numerals.shortest(low, 3), three(test.high())),
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
                texts.get("measures.each"),
                columns("method-seed", "ended", "loss", "norm", "metric", "up", "down", "seconds"));
        for (ArmSummary arm : summary.arms()) {
            for (ArmSummary.Run run : arm.runs()) {
                grid.row(
                        trial.style(arm.name()),
                        List.of(
                                arm.name() + ", " + run.seed(),
                                texts.get("outcome." + run.outcome(), whole(run.round())),
                                TextFormat.loss(run.loss()),
                                TextFormat.number(run.gradNorm()),
                                metric(run.testMetric()),
                                Quantity.bytes(run.uplinkBytes()),
                                Quantity.bytes(run.downlinkBytes()),
                                TextFormat.seconds(run.seconds())));
            }
        }
        grid.end();
    }
}
