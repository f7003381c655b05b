package io.evenkeel.trial.report;

import io.evenkeel.trial.cost.CostModel;
import io.evenkeel.trial.cost.Decision;
import io.evenkeel.trial.cost.Lever;
import io.evenkeel.trial.plot.Axis;
import io.evenkeel.trial.plot.Curve;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Plot;
import io.evenkeel.trial.plot.Unit;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.text.Texts;
import java.util.Arrays;
import java.util.List;

/** Draws the yearly saving over one lever, with the required saving and the lever's current value. */
final class LeverChart {

    private static final int STEPS = 40;
    private static final double REACH = 100;
    private static final double FARTHEST = 1e5;
    private static final int NEEDED = 5;
    private static final int NOW = 7;

    private final Texts texts;
    private final Decision decision;
    private final CostModel model;
    private final DecisionText words;
    private final Lever lever;

    LeverChart(Texts texts, Decision decision, DecisionText words, Lever lever) {
        this.texts = texts;
        this.decision = decision;
        this.model = decision.model();
        this.words = words;
        this.lever = lever;
    }

    void write(Markup to, String prefix) {
        String caption = texts.get("decision.chart." + lever);
        String currency = model.prices().currency();
        double[] x = values();
        List<Curve> curves = curves(x);
        to.open("figure").element("figcaption", caption);
        if (!curves.isEmpty()) {
            Plot plot = new Plot(
                    prefix + "clip-" + lever,
                    texts.get("decision.chart.described", caption),
                    new Axis(texts.get("decision.axis." + lever, currency), Unit.COUNT, true),
                    new Axis(texts.get("decision.axis.saving", currency), Unit.COUNT, true));
            curves.forEach(plot::curve);
            lines(plot, x, curves);
            to.add(plot.svg());
        }
        words.thresholds(lever).forEach(sentence -> to.element("p", sentence, "class", "note"));
        to.close();
    }

    /**
     * Covers a hundredth to a hundred times the current value, extended to the values from which arms pay.
     */
    private double[] values() {
        double now = model.value(lever);
        double least = now / REACH;
        double most = now * REACH;
        for (ArmSummary arm : decision.candidates()) {
            double from = decision.paying(arm, lever).map(Decision.Range::from).orElse(now);
            if (from > now / FARTHEST && from < now * FARTHEST) {
                least = Math.min(least, from / 2);
                most = Math.max(most, from * 2);
            }
        }
        double ratio = most / least;
        double start = least;
        double[] x = new double[STEPS + 1];
        Arrays.setAll(x, i -> start * StrictMath.pow(ratio, (double) i / STEPS));
        return x;
    }

    private List<Curve> curves(double[] x) {
        return decision.candidates().stream()
                .map(arm -> Curve.plain(
                        arm.name(),
                        model.summary().arms().indexOf(arm),
                        x,
                        Arrays.stream(x)
                                .map(value -> decision.saving(arm, lever, value))
                                .toArray()))
                .filter(curve -> Arrays.stream(curve.y()).anyMatch(y -> y > 0 && Double.isFinite(y)))
                .toList();
    }

    /** Draws the required saving and the lever's current value. */
    private void lines(Plot plot, double[] x, List<Curve> curves) {
        double[] ends = {x[0], x[x.length - 1]};
        double needed = decision.required();
        if (needed > 0) {
            String name = texts.get("decision.chart.needed", words.money().amount(needed));
            plot.curve(Curve.plain(name, NEEDED, ends, new double[] {needed, needed})
                    .unmarked());
        }
        double[] savings = curves.stream()
                .flatMapToDouble(curve -> Arrays.stream(curve.y()))
                .filter(y -> y > 0 && Double.isFinite(y))
                .sorted()
                .toArray();
        double low = needed > 0 ? Math.min(needed, savings[0]) : savings[0];
        double high = Math.max(needed, savings[savings.length - 1]);
        double now = model.value(lever);
        String name = texts.get("decision.chart.now", words.amount(lever, now));
        plot.curve(Curve.plain(name, NOW, new double[] {now, now}, new double[] {low, high})
                .unmarked());
    }
}
