package io.evenkeel.trial.report;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.plot.Unit;
import org.jspecify.annotations.Nullable;

/** What is measured on held-out samples. The more the better, for each. */
public enum Metric {
    /** The share of samples that are classified right. */
    ACCURACY("accuracy", Unit.PERCENT),
    /** The share of the labels' variance that a regression explains. */
    R2("R2", Unit.NUMBER);

    private static final int DIGITS = 3;
    private static final double PERCENT = 100;

    private final String text;
    private final Unit unit;

    Metric(String text, Unit unit) {
        this.text = text;
        this.unit = unit;
    }

    /** Returns the metric of an experiment's loss. */
    public static Metric of(Experiment experiment) {
        return "least-squares".equals(experiment.loss().kind()) ? R2 : ACCURACY;
    }

    /** Returns its name in English, and in the catalogue. */
    public String text() {
        return text;
    }

    /** Returns what an axis of it counts. */
    public Unit unit() {
        return unit;
    }

    /** Returns a value for people, or a dash. */
    public String format(@Nullable Double value) {
        return value == null || this == ACCURACY ? TextFormat.percent(value) : Numerals.shortest(value, DIGITS);
    }

    /** Returns a difference, of accuracies in points. */
    public String difference(double size) {
        return this == ACCURACY ? Numerals.shortest(PERCENT * size, 2) + " points" : Numerals.shortest(size, 2);
    }
}
