package io.evenkeel.pilot.experiment;

import io.evenkeel.core.step.Schedule;

/** A step size as an arm asks for it. */
public sealed interface StepSize {

    /** As a schedule says. */
    record Given(Schedule schedule) implements StepSize {}

    /** A multiple of what the theory allows. */
    record OfTheory(double factor) implements StepSize {}

    /**
     * Reads {@code theory}, {@code theory*FACTOR} or a schedule.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    static StepSize parse(String text) {
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
}
