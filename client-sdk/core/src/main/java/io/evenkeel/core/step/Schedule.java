package io.evenkeel.core.step;

import java.util.function.Function;

/**
 * A positive quantity that may depend on the round: the step size gamma or the momentum eta. Immutable.
 *
 * <p>Rounds count from 0 and a run of R rounds has the horizon K = R - 1, as in the paper's k = 0, ..., K.
 * Values are bit-identical on every JVM.
 */
public sealed interface Schedule {

    /**
     * Returns the value in a round.
     *
     * @param round k, at least 0
     * @param horizon K, at least 0: the last round of the run
     */
    double at(int round, int horizon);

    /** Returns the schedule's largest value in any run. */
    double largest();

    /** Returns the schedule with each value multiplied by a positive factor. */
    Schedule times(double factor);

    /** The same value in every round; {@code constant:0.1}. */
    record Constant(double largest) implements Schedule {

        public Constant {
            requirePositive(largest);
        }

        @Override
        public double at(int round, int horizon) {
            return largest;
        }

        @Override
        public Constant times(double factor) {
            return new Constant(factor * largest);
        }

        @Override
        public String toString() {
            return "constant:" + largest;
        }
    }

    /**
     * {@code largest * (K+1)^(-power)}, the same in every round of a run; {@code horizon:1:0.5} (arXiv
     * 2410.16871, Theorem 1).
     */
    record Horizon(double largest, double power) implements Schedule {

        public Horizon {
            requirePositive(largest);
            requirePower(power);
        }

        @Override
        public double at(int round, int horizon) {
            return largest * StrictMath.pow(horizon + 1.0, -power);
        }

        @Override
        public Horizon times(double factor) {
            return new Horizon(factor * largest, power);
        }

        @Override
        public String toString() {
            return "horizon:" + largest + ":" + power;
        }
    }

    /**
     * {@code largest * (k+1)^(-power)}, which needs no horizon; {@code anytime:0.1:0.5}. Not in arXiv
     * 2410.16871, which leaves this case open.
     */
    record Anytime(double largest, double power) implements Schedule {

        public Anytime {
            requirePositive(largest);
            requirePower(power);
        }

        @Override
        public double at(int round, int horizon) {
            return largest * StrictMath.pow(round + 1.0, -power);
        }

        @Override
        public Anytime times(double factor) {
            return new Anytime(factor * largest, power);
        }

        @Override
        public String toString() {
            return "anytime:" + largest + ":" + power;
        }
    }

    /**
     * {@code largest * min(1, (k+1) / rounds)}: rises in equal steps, then stays constant;
     * {@code warmup:10:30}. It gives error feedback the slow start that an outer momentum has.
     */
    record Warmup(double largest, int rounds) implements Schedule {

        public Warmup {
            requirePositive(largest);
            if (rounds < 1) {
                throw new IllegalArgumentException(
                        "a schedule's warm-up is " + rounds + " rounds, expected an integer of at least 1");
            }
        }

        @Override
        public double at(int round, int horizon) {
            return largest * Math.min(1, (round + 1.0) / rounds);
        }

        @Override
        public Warmup times(double factor) {
            return new Warmup(factor * largest, rounds);
        }

        @Override
        public String toString() {
            return "warmup:" + largest + ":" + rounds;
        }
    }

    /**
     * Reads a schedule: {@code constant:VALUE}, {@code horizon:VALUE:POWER}, {@code anytime:VALUE:POWER},
     * {@code warmup:VALUE:ROUNDS}, or a number alone for a constant. {@link Object#toString()} writes the
     * same form.
     *
     * @throws IllegalArgumentException if the text is none of these; the message names the part and the
     *     expected form
     */
    static Schedule parse(String text) {
        String[] parts = text.split(":", -1);
        return switch (parts[0]) {
            case "constant" -> new Constant(number(text, parts, 1, 2, Double::valueOf));
            case "horizon" ->
                new Horizon(number(text, parts, 1, 3, Double::valueOf), number(text, parts, 2, 3, Double::valueOf));
            case "anytime" ->
                new Anytime(number(text, parts, 1, 3, Double::valueOf), number(text, parts, 2, 3, Double::valueOf));
            case "warmup" ->
                new Warmup(number(text, parts, 1, 3, Double::valueOf), number(text, parts, 2, 3, Integer::valueOf));
            default -> new Constant(number(text, parts, 0, 1, Double::valueOf));
        };
    }

    private static <N extends Number> N number(
            String text, String[] parts, int part, int expectedParts, Function<String, N> reader) {
        try {
            if (parts.length == expectedParts) {
                return reader.apply(parts[part]);
            }
        } catch (NumberFormatException e) {
            // The error is thrown below, together with that for a wrong number of parts.
        }
        throw new IllegalArgumentException("'" + text
                + "' is not a schedule: expected constant:VALUE, horizon:VALUE:POWER, anytime:VALUE:POWER or warmup:VALUE:ROUNDS,"
                + " such as horizon:1:0.5");
    }

    private static void requirePositive(double largest) {
        if (!(largest > 0) || Double.isInfinite(largest)) {
            throw new IllegalArgumentException(
                    "a schedule's value is " + largest + ", expected a finite number above 0");
        }
    }

    private static void requirePower(double power) {
        if (!(power >= 0 && power <= 1)) {
            throw new IllegalArgumentException("a schedule's power is " + power + ", expected 0 to 1");
        }
    }
}
