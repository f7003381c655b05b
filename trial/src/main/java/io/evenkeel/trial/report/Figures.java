package io.evenkeel.trial.report;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.Summary;
import org.jspecify.annotations.Nullable;

/** Formats a summary's figures in a language. */
final class Figures {

    /** From how many seeds on there are intervals of medians. */
    static final int SEEDS_FOR_AN_INTERVAL = 3;

    private static final int DIGITS = 4;
    private static final String LOSS = "loss";
    private static final String ACCURACY = "accuracy";

    private final Texts texts;

    Figures(Texts texts) {
        this.texts = texts;
    }

    /** Returns a target, such as {@code ‖∇f‖ < 0.01}. */
    String target(String text) {
        Target target = Target.parse(text);
        String value = Numerals.shortest(target.value(), DIGITS);
        if (target.share()) {
            return texts.get("target.share", value, measure(target.measure() == Target.Measure.LOSS ? LOSS : ACCURACY));
        }
        return switch (target.measure()) {
            case GRAD_NORM -> texts.get("target.norm", value);
            case LOSS -> texts.get("target.loss", value);
            case TEST_METRIC -> texts.get("target.accuracy", TextFormat.percent(target.value()));
        };
    }

    /** Returns one of a summary's targets, with the number that a share stands for. */
    String target(Summary summary, int index) {
        String text = summary.targets().get(index);
        Target target = Target.parse(text);
        Double value = summary.arms().isEmpty()
                ? null
                : summary.arms().get(0).reaches().get(index).value();
        if (!target.share() || value == null) {
            return target(text);
        }
        String metric = summary.problem().metric();
        String measure = target.measure() == Target.Measure.LOSS || metric == null ? LOSS : metric;
        return texts.get(
                "target.share.value",
                measure(measure),
                quality(measure, value),
                Numerals.shortest(target.value(), DIGITS));
    }

    /** Returns the point at which two methods are compared, such as {@code accuracy 92.9%}. */
    String goal(String text, @Nullable Double value, String measure) {
        Target target = Target.parse(text);
        String metric = target.measure() == Target.Measure.LOSS ? LOSS : LOSS.equals(measure) ? ACCURACY : measure;
        if (target.measure() == Target.Measure.GRAD_NORM) {
            return texts.get("goal.norm", Numerals.shortest(target.value(), DIGITS));
        }
        double number = target.share() && value != null ? value : target.value();
        return texts.get("goal.value", measure(metric), quality(metric, number));
    }

    /** Returns the name of a measure of quality, such as loss, accuracy or R2. */
    String measure(String measure) {
        String key = LOSS.equals(measure) ? "measure.loss" : "metric." + measure;
        // Devices may report metrics of any name.
        return texts.has(key) ? texts.get(key) : measure;
    }

    /** Returns a figure of quality: an accuracy in percent, R2 with three decimals, a loss with four digits. */
    String quality(String measure, double value) {
        return TextFormat.quality(measure, value);
    }

    /** Returns why a run diverged, of which there are two kinds. */
    String divergence(String reason) {
        if (reason.contains("billion")) {
            return texts.get("reason.grown");
        }
        return reason.contains("not finite") ? texts.get("reason.not-finite") : reason;
    }

    /** Returns the name of a figure that is tested, such as {@code rounds to ‖∇f‖ < 0.01} or {@code final loss}. */
    String figure(String name) {
        int to = name.indexOf(" to ");
        if (to >= 0) {
            String what = name.startsWith("rounds") ? "figure.rounds-to" : "figure.bytes-to";
            return texts.get(what, target(name.substring(to + " to ".length())));
        }
        return texts.get("figure." + name.replace(' ', '-'));
    }

    /** Returns the name of what is measured on held-out samples. */
    String metric(Metric metric) {
        return texts.get("metric." + metric.text());
    }

    /** Returns how many of how many. */
    String count(int some, int all) {
        return texts.get("count", Money.exact(some), Money.exact(all));
    }
}
