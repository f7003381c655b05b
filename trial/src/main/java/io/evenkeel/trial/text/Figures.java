package io.evenkeel.trial.text;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Summary;
import org.jspecify.annotations.Nullable;

/** Formats a summary's figures in a language. */
public final class Figures {

    /** The minimum number of seeds for intervals of medians. */
    public static final int SEEDS_FOR_AN_INTERVAL = 3;

    private static final int DIGITS = 4;
    private static final String LOSS = "loss";

    private final Texts texts;
    private final String metric;
    private final boolean higherIsBetter;

    /** Formats the figures of a summary. */
    public Figures(Texts texts, Summary summary) {
        String name = summary.problem().metric();
        this.texts = texts;
        this.metric = name == null ? QualityMetric.ACCURACY.name() : name;
        this.higherIsBetter = summary.problem().higherIsBetter();
    }

    /** Formats figures that do not belong to one trial. */
    public Figures(Texts texts) {
        this.texts = texts;
        this.metric = QualityMetric.ACCURACY.name();
        this.higherIsBetter = true;
    }

    /** Returns a target, such as {@code ‖∇f‖ < 0.01}. */
    public String target(String text) {
        Target target = Target.parse(text);
        String value = Numerals.shortest(target.value(), DIGITS);
        if (target.share()) {
            return texts.get("target.share", value, measure(target.measure() == Target.Measure.LOSS ? LOSS : metric));
        }
        return switch (target.measure()) {
            case GRAD_NORM -> texts.get("target.norm", value);
            case LOSS -> texts.get("target.loss", value);
            case TEST_METRIC ->
                texts.get(
                        "target.metric",
                        TextFormat.metric(metric, target.value()),
                        metric(),
                        higherIsBetter ? "≥" : "≤");
        };
    }

    /** Returns one of a summary's targets; a share with its figure. */
    public String target(Summary summary, int index) {
        String text = summary.targets().get(index);
        Target target = Target.parse(text);
        Double value = summary.arms().isEmpty()
                ? null
                : summary.arms().get(0).reaches().get(index).value();
        if (!target.share() || value == null) {
            return target(text);
        }
        String measure = target.measure() == Target.Measure.LOSS ? LOSS : metric;
        return texts.get(
                "target.share.value",
                measure(measure),
                quality(measure, value),
                Numerals.shortest(target.value(), DIGITS));
    }

    /** Returns the point at which two methods are compared, such as {@code accuracy 92.9%}. */
    public String goal(String text, @Nullable Double value) {
        Target target = Target.parse(text);
        String measure = target.measure() == Target.Measure.LOSS ? LOSS : metric;
        if (target.measure() == Target.Measure.GRAD_NORM) {
            return texts.get("goal.norm", Numerals.shortest(target.value(), DIGITS));
        }
        double number = target.share() && value != null ? value : target.value();
        return texts.get("goal.value", measure(measure), quality(measure, number));
    }

    /** Returns the name of a measure of quality, such as loss, accuracy or R2. */
    public String measure(String measure) {
        String key = LOSS.equals(measure) ? "measure.loss" : "metric." + measure.replace(' ', '-');
        // Devices may report metrics with any name.
        return texts.has(key) ? texts.get(key) : measure;
    }

    /** Returns a difference of quality figures, such as {@code 0.5 points} for accuracies. */
    public String difference(String measure, double size) {
        String number = TextFormat.difference(measure, size);
        return QualityMetric.isShare(measure) ? texts.get("points", number) : number;
    }

    /** Returns a quality figure: an accuracy in percent, R2 with three decimals, a loss with four digits. */
    public String quality(String measure, double value) {
        return TextFormat.quality(measure, value);
    }

    /** Returns a translation of the reason why a run diverged. */
    public String divergence(String reason) {
        if (reason.contains("billion")) {
            return texts.get("reason.grown");
        }
        return reason.contains("not finite") ? texts.get("reason.not-finite") : reason;
    }

    /** Returns the name of a tested figure, such as {@code rounds to ‖∇f‖ < 0.01} or {@code final loss}. */
    public String figure(String name) {
        int to = name.indexOf(" to ");
        if (to >= 0) {
            String what = name.startsWith("rounds") ? "figure.rounds-to" : "figure.bytes-to";
            return texts.get(what, target(name.substring(to + " to ".length())));
        }
        return texts.get("figure." + name.replace(' ', '-'), metric());
    }

    /** Returns the name of the metric on held-out samples. */
    public String metric() {
        return measure(metric);
    }

    /** Returns the privacy of an arm, such as {@code epsilon 7.8, delta 1e-6}. */
    public String privacy(ArmSummary arm) {
        ArmSummary.Privacy privacy = arm.privacy();
        return privacy == null ? texts.get("privacy.none") : privacy.text();
    }

    /** Returns a count out of a total. */
    public String count(int some, int all) {
        return texts.get("count", Money.exact(some), Money.exact(all));
    }
}
