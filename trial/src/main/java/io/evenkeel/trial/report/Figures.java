package io.evenkeel.trial.report;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.Summary;

/** Figures of a summary with the words of a language. */
final class Figures {

    /** From how many seeds on there are intervals of medians. */
    static final int SEEDS_FOR_AN_INTERVAL = 3;

    private static final int DIGITS = 4;

    private final Texts texts;

    Figures(Texts texts) {
        this.texts = texts;
    }

    /** Returns a target, such as {@code ‖∇f‖ < 0.01}. */
    String target(String text) {
        Target target = Target.parse(text);
        String value = Numerals.shortest(target.value(), DIGITS);
        return switch (target.measure()) {
            case GRAD_NORM -> texts.get("target.norm", value);
            case LOSS -> texts.get("target.loss", value);
            case TEST_METRIC -> texts.get("target.accuracy", TextFormat.percent(target.value()));
        };
    }

    /** Returns one of a summary's targets. */
    String target(Summary summary, int index) {
        return target(summary.targets().get(index));
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
