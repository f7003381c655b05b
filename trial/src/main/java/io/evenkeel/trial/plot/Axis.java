package io.evenkeel.trial.plot;

/**
 * An axis, whose ends follow from what is drawn.
 *
 * @param title what it shows
 * @param unit what its numbers count
 * @param logarithmic whether ratios rather than differences are equally long; values of 0 and below are left out then
 */
public record Axis(String title, Unit unit, boolean logarithmic) {

    public static Axis linear(String title) {
        return new Axis(title, Unit.NUMBER, false);
    }

    public static Axis logarithmic(String title) {
        return new Axis(title, Unit.NUMBER, true);
    }

    boolean shows(double value) {
        return Double.isFinite(value) && (!logarithmic || value > 0);
    }

    Scale over(double least, double most) {
        if (!(least <= most)) {
            return logarithmic ? Scale.logarithmic(1, 10) : Scale.linear(0, 1);
        }
        return logarithmic ? Scale.logarithmic(least, most) : Scale.linear(least, most);
    }
}
