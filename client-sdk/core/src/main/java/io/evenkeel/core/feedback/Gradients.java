package io.evenkeel.core.feedback;

/** What every method demands of a gradient. */
final class Gradients {

    private Gradients() {}

    static void require(double[] gradient, int dimension) {
        requireLength(gradient, dimension, "gradient");
        for (int j = 0; j < gradient.length; j++) {
            if (!Double.isFinite(gradient[j])) {
                throw new IllegalArgumentException(
                        "the gradient's value " + j + " is " + gradient[j]
                                + ", expected a finite number: skip this round, or look for a division by zero or too large a step");
            }
        }
    }

    static void requireLength(double[] vector, int dimension, String name) {
        if (vector.length != dimension) {
            throw new IllegalArgumentException(
                    "the " + name + " has " + vector.length + " values, expected the model's " + dimension);
        }
    }
}
