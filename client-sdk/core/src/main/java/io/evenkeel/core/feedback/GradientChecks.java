package io.evenkeel.core.feedback;

/** Checks gradients: length and finite values. */
final class GradientChecks {

    private GradientChecks() {}

    static void require(double[] gradient, int dimension) {
        requireLength(gradient.length, dimension, "gradient");
        for (int j = 0; j < gradient.length; j++) {
            if (!Double.isFinite(gradient[j])) {
                throw notFinite(j, gradient[j]);
            }
        }
    }

    static void require(float[] gradient, int dimension) {
        requireLength(gradient.length, dimension, "gradient");
        for (int j = 0; j < gradient.length; j++) {
            if (!Float.isFinite(gradient[j])) {
                throw notFinite(j, gradient[j]);
            }
        }
    }

    private static IllegalArgumentException notFinite(int j, double value) {
        return new IllegalArgumentException("the gradient's value " + j + " is " + value
                + ", expected a finite number: skip this round, or look for a division by zero or too large a step");
    }

    static void requireLength(int length, int dimension, String name) {
        if (length != dimension) {
            throw new IllegalArgumentException(
                    "the " + name + " has " + length + " values, expected the model's " + dimension);
        }
    }
}
