package io.evenkeel.trial.experiment;

import io.evenkeel.core.step.Schedule;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/** The step size that an arm requests. */
public sealed interface StepSize {

    StepSize times(double factor);

    /** A schedule. */
    record Given(Schedule schedule) implements StepSize {

        @Override
        public Given times(double factor) {
            return new Given(schedule.times(factor));
        }

        @Override
        public String toString() {
            return schedule.toString();
        }
    }

    /** A multiple of the theoretical step size. */
    record OfTheory(double factor) implements StepSize {

        @Override
        public OfTheory times(double other) {
            return new OfTheory(other * factor);
        }

        @Override
        public String toString() {
            return factor == 1 ? "theory" : "theory*" + Double.toString(factor).replaceFirst("\\.0$", "");
        }
    }

    /** The candidate with which training ends at the smallest loss: a search first runs all candidates. */
    record BestOf(List<StepSize> candidates) implements StepSize {

        private static final String PREFIX = "best-of:";
        private static final int MAX_CANDIDATES = 32;

        public BestOf {
            candidates = List.copyOf(candidates);
            Check.that(
                    candidates.size() >= 2 && candidates.size() <= MAX_CANDIDATES,
                    PREFIX + " has " + candidates.size() + " step sizes, expected 2 to " + MAX_CANDIDATES
                            + " with | between them, such as best-of:0.01|0.1|1");
            for (StepSize candidate : candidates) {
                Check.that(
                        !(candidate instanceof BestOf) && !(candidate instanceof Tuned),
                        PREFIX + " contains '" + candidate + "': expected step sizes without a search");
            }
            Check.that(
                    new HashSet<>(candidates).size() == candidates.size(),
                    PREFIX + " has a step size twice: give each once");
        }

        @Override
        public BestOf times(double factor) {
            return new BestOf(
                    candidates.stream().map(each -> each.times(factor)).toList());
        }

        @Override
        public String toString() {
            return PREFIX
                    + candidates.stream()
                            .map(each -> each.toString().replaceFirst("^constant:(.*?)(\\.0)?$", "$1"))
                            .collect(Collectors.joining("|"));
        }
    }

    /**
     * The best of a grid for the arm and the loss. {@link ExperimentDraft#complete()} replaces it with that
     * grid.
     *
     * @param candidates the number of candidates; 0 for the grid's default
     */
    record Tuned(int candidates) implements StepSize {

        private static final String NAME = "tuned";
        private static final int USUAL = 0;

        public Tuned {
            Check.that(
                    candidates == USUAL || (candidates >= 2 && candidates <= BestOf.MAX_CANDIDATES),
                    "tuned:" + candidates + ": expected tuned:2 to 32");
        }

        @Override
        public Tuned times(double factor) {
            throw new IllegalArgumentException(
                    "gamma '" + this + "' has no multiples: name the step sizes with best-of:0.01|0.1|1");
        }

        @Override
        public String toString() {
            return candidates == USUAL ? NAME : NAME + ":" + candidates;
        }
    }

    /**
     * Reads {@code tuned}, {@code tuned:COUNT}, {@code best-of:A|B|C}, {@code theory}, {@code theory*FACTOR}
     * or a schedule.
     *
     * @throws IllegalArgumentException if it is none of them
     */
    static StepSize parse(String text) {
        if (text.startsWith(BestOf.PREFIX)) {
            return new BestOf(
                    Arrays.stream(text.substring(BestOf.PREFIX.length()).split("\\|", -1))
                            .map(StepSize::parse)
                            .toList());
        }
        if (text.startsWith(Tuned.NAME)) {
            return tuned(text);
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
            // Reported below, together with factors that are out of range.
        }
        throw new IllegalArgumentException(
                "step size '" + text + "': expected theory, theory*FACTOR such as theory*4, or a schedule");
    }

    private static StepSize tuned(String text) {
        if (text.equals(Tuned.NAME)) {
            return new Tuned(Tuned.USUAL);
        }
        Check.that(
                text.matches(Tuned.NAME + ":[0-9]{1,3}"),
                "step size '" + text + "': expected tuned, or tuned:COUNT such as tuned:3");
        return new Tuned(Integer.parseInt(text.substring(Tuned.NAME.length() + 1)));
    }
}
