package io.evenkeel.core.step;

/**
 * A positive quantity that may depend on the round: the step size gamma or the momentum eta. Immutable.
 *
 * <p>Rounds count from 0 and a run of R rounds has the horizon K = R - 1, as in the paper's k = 0, ..., K. Values are the same
 * bits on every JVM.
 */
public sealed interface Schedule {

    /**
     * Returns the value in a round.
     *
     * @param round k, at least 0
     * @param horizon K, at least 0: the last round of the run
     */
    double at(int round, int horizon);

    /** Returns the value in round 0 of a run with horizon 0, which is the largest value. */
    double initial();

    /** The same value in every round; {@code constant:0.1}. */
    record Constant(double initial) implements Schedule {

        public Constant {
            requirePositive(initial);
        }

        @Override
        public double at(int round, int horizon) {
            return initial;
        }

        @Override
        public String toString() {
            return "constant:" + initial;
        }
    }

    /** {@code initial * (K+1)^(-power)}, the same in every round of a run; {@code horizon:1:0.5} (arXiv 2410.16871, Theorem 1). */
    record Horizon(double initial, double power) implements Schedule {

        public Horizon {
            requirePositive(initial);
            requirePower(power);
        }

        @Override
        public double at(int round, int horizon) {
            return initial * StrictMath.pow(horizon + 1.0, -power);
        }

        @Override
        public String toString() {
            return "horizon:" + initial + ":" + power;
        }
    }

    /**
     * {@code initial * (k+1)^(-power)}, which needs no horizon; {@code anytime:0.1:0.5}. Not in arXiv 2410.16871, which leaves this
     * case open.
     */
    record Anytime(double initial, double power) implements Schedule {

        public Anytime {
            requirePositive(initial);
            requirePower(power);
        }

        @Override
        public double at(int round, int horizon) {
            return initial * StrictMath.pow(round + 1.0, -power);
        }

        @Override
        public String toString() {
            return "anytime:" + initial + ":" + power;
        }
    }

    /**
     * Reads a schedule: {@code constant:VALUE}, {@code horizon:VALUE:POWER}, {@code anytime:VALUE:POWER}, or a number alone for a
     * constant. {@link Object#toString()} writes what this reads.
     *
     * @throws IllegalArgumentException if the text is none of these; the message names the part and what was expected
     */
    static Schedule parse(String text) {
        String[] parts = text.split(":", -1);
        return switch (parts[0]) {
            case "constant" -> new Constant(number(text, parts, 1, 2));
            case "horizon" -> new Horizon(number(text, parts, 1, 3), number(text, parts, 2, 3));
            case "anytime" -> new Anytime(number(text, parts, 1, 3), number(text, parts, 2, 3));
            default -> new Constant(number(text, parts, 0, 1));
        };
    }

    private static double number(String text, String[] parts, int part, int expectedParts) {
        try {
            if (parts.length == expectedParts) {
                return Double.parseDouble(parts[part]);
            }
        } catch (NumberFormatException e) {
            // The error is thrown below, together with that for a wrong number of parts.
        }
        throw new IllegalArgumentException(
                "'" + text
                        + "' is not a schedule: expected constant:VALUE, horizon:VALUE:POWER or anytime:VALUE:POWER, such as horizon:1:0.5");
    }

    private static void requirePositive(double initial) {
        if (!(initial > 0) || Double.isInfinite(initial)) {
            throw new IllegalArgumentException(
                    "a schedule's value is " + initial + ", expected a finite number above 0");
        }
    }

    private static void requirePower(double power) {
        if (!(power >= 0 && power <= 1)) {
            throw new IllegalArgumentException("a schedule's power is " + power + ", expected 0 to 1");
        }
    }
}
