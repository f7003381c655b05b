package io.evenkeel.trial.experiment;

import io.evenkeel.core.step.Schedule;

/** A step size as an arm asks for it. */
public sealed interface StepSize {

    /** Returns a multiple of it. */
    StepSize times(double factor);

    /** As a schedule says. */
    record Given(Schedule schedule) implements StepSize {

        @Override
        public Given times(double factor) {
            double initial = factor * schedule.initial();
            return new Given(
                    schedule instanceof Schedule.Horizon horizon
                            ? new Schedule.Horizon(initial, horizon.power())
                            : schedule instanceof Schedule.Anytime anytime
                                    ? new Schedule.Anytime(initial, anytime.power())
                                    : new Schedule.Constant(initial));
        }

        @Override
        public String toString() {
            return schedule.toString();
        }
    }

    /** A multiple of what the theory allows. */
    record OfTheory(double factor) implements StepSize {

        @Override
        public OfTheory times(double other) {
            return new OfTheory(other * factor);
        }

        @Override
        public String toString() {
            return factor == 1 ? "theory" : "theory*" + factor;
        }
    }

    /**
     * {@code factor * max(least, max_{j<=k} ||x^j - x^0||)}: with the step rule accumulated-norm, which divides by the root of the
     * sum of the squared directions, the step of "distance over gradients" (Ivgi, Hinder, Carmon, ICML 2023) on the fed-back direction.
     */
    record OfDistance(double factor, double least) implements StepSize {

        public OfDistance {
            Check.that(
                    factor > 0 && least > 0 && factor + least < Double.POSITIVE_INFINITY,
                    "distance:" + factor + ":" + least + ": expected two finite numbers above 0");
        }

        @Override
        public OfDistance times(double other) {
            return new OfDistance(other * factor, least);
        }

        @Override
        public String toString() {
            return "distance:" + factor + ":" + least;
        }
    }

    /**
     * Reads {@code distance:FACTOR:LEAST}, {@code theory}, {@code theory*FACTOR} or a schedule.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    static StepSize parse(String text) {
        if (text.startsWith("distance:")) {
            return distance(text);
        }
        if (!text.startsWith("theory")) {
            return new Given(Schedule.parse(text));
        }
        String rest = text.substring("theory".length());
        try {
            double factor = rest.isEmpty() ? 1 : rest.startsWith("*") ? Double.parseDouble(rest.substring(1)) : 0;
            if (factor > 0 && factor < Double.POSITIVE_INFINITY) {
                return new OfTheory(factor);
            }
        } catch (NumberFormatException e) {
            // Told below, together with factors out of range.
        }
        throw new IllegalArgumentException(
                "step size '" + text + "': expected theory, theory*FACTOR such as theory*4, or a schedule");
    }

    private static StepSize distance(String text) {
        String[] parts = text.split(":", -1);
        try {
            if (parts.length == 3) {
                return new OfDistance(Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
            }
        } catch (NumberFormatException e) {
            // Told below, together with a wrong number of parts.
        }
        throw new IllegalArgumentException(
                "step size '" + text + "': expected distance:FACTOR:LEAST such as distance:0.5:0.2");
    }
}
