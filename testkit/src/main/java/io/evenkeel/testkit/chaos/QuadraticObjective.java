package io.evenkeel.testkit.chaos;

/** A device's loss: a quadratic with a centre of its own, whose gradient is the same bits everywhere. Immutable. */
final class QuadraticObjective {

    private static final double SPREAD = 0.7;

    private final double[] centre;

    /** Makes the loss of a device, 0 and up, in d dimensions. */
    QuadraticObjective(int device, int dimension) {
        centre = new double[dimension];
        for (int j = 0; j < dimension; j++) {
            centre[j] = StrictMath.cos(device + j * SPREAD);
        }
    }

    /** Turns a model, d values, into the gradient there, in place. */
    double[] gradient(double[] model) {
        for (int j = 0; j < model.length; j++) {
            model[j] = (1 + j % 3) * (model[j] - centre[j]);
        }
        return model;
    }
}
