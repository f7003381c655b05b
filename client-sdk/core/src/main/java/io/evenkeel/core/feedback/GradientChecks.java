package io.evenkeel.core.feedback;

/** Checks the inputs of a message: gradients, models and the momentum. */
final class GradientChecks {

    private GradientChecks() {}

    static void require(double[] gradient, int dimension) {
        require(gradient, dimension, "gradient");
    }

    static void require(double[] values, int dimension, String name) {
        requireLength(values.length, dimension, name);
        for (int j = 0; j < values.length; j++) {
            if (!Double.isFinite(values[j])) {
                throw notFinite(name, j, values[j]);
            }
        }
    }

    static void require(float[] gradient, int dimension) {
        requireLength(gradient.length, dimension, "gradient");
        for (int j = 0; j < gradient.length; j++) {
            if (!Float.isFinite(gradient[j])) {
                throw notFinite("gradient", j, gradient[j]);
            }
        }
    }

    private static IllegalArgumentException notFinite(String name, int j, double value) {
        return new IllegalArgumentException("the " + name + "'s value " + j + " is " + value
                + ", expected a finite number: skip this round, or check for a division by zero or too long a step");
    }

    static void requireLength(int length, int dimension, String name) {
        if (length != dimension) {
            throw new IllegalArgumentException(
                    "the " + name + " has " + length + " values, expected the model's " + dimension);
        }
    }

    static void requireEta(double eta) {
        if (!(eta > 0 && eta <= 1)) {
            throw new IllegalArgumentException("eta is " + eta + ", expected more than 0 and at most 1");
        }
    }
}
