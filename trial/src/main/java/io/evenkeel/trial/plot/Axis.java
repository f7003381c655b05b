package io.evenkeel.trial.plot;

/**
 * An axis whose range follows from the data.
 *
 * @param title its title
 * @param unit the unit of its numbers
 * @param logarithmic true for a logarithmic axis, which omits values of 0 and below
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
