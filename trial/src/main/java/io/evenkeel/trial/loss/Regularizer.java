package io.evenkeel.trial.loss;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The regularizer that is added to each client's loss.
 *
 * @param kind its kind
 * @param lambda its weight, finite and at least 0
 */
public record Regularizer(Kind kind, double lambda) {

    /** The kinds of regularizers. */
    public enum Kind {
        NONE("none"),
        /** {@code lambda/2 sum x_j^2}. */
        L2("l2"),
        /** {@code lambda sum x_j^2/(1 + x_j^2)}, which is not convex. */
        NONCONVEX("nonconvex");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** Returns the name in configuration. */
        public String text() {
            return text;
        }

        /**
         * Finds a kind by its name.
         *
         * @throws IllegalArgumentException if there is none; the message lists the known ones
         */
        public static Kind parse(String text) {
            return Arrays.stream(values())
                    .filter(kind -> kind.text.equals(text))
                    .findFirst()
                    .orElseThrow(
                            () -> new IllegalArgumentException("'" + text + "' is not a regularizer: expected one of "
                                    + Arrays.stream(values()).map(Kind::text).collect(Collectors.joining(", "))));
        }
    }

    public Regularizer {
        if (!(lambda >= 0) || Double.isInfinite(lambda)) {
            throw new IllegalArgumentException("lambda is " + lambda + ", expected a finite number of at least 0");
        }
    }

    /** Adds its gradient at x to {@code gradient} and returns its value. */
    public double addTo(double[] x, double[] gradient) {
        return switch (kind) {
            case NONE -> 0;
            case L2 -> addSquares(x, gradient);
            case NONCONVEX -> addSaturating(x, gradient);
        };
    }

    private double addSquares(double[] x, double[] gradient) {
        double sum = 0;
        for (int j = 0; j < x.length; j++) {
            gradient[j] += lambda * x[j];
            sum += x[j] * x[j];
        }
        return lambda / 2 * sum;
    }

    private double addSaturating(double[] x, double[] gradient) {
        double sum = 0;
        for (int j = 0; j < x.length; j++) {
            double share = 1 / (1 + x[j] * x[j]);
            gradient[j] += 2 * lambda * x[j] * share * share;
            sum += x[j] * x[j] * share;
        }
        return lambda * sum;
    }

    /** Returns the smoothness constant of the regularizer alone. */
    public double smoothness() {
        return switch (kind) {
            case NONE -> 0;
            case L2 -> lambda;
            case NONCONVEX -> 2 * lambda;
        };
    }
}
