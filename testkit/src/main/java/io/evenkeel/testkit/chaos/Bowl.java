package io.evenkeel.testkit.chaos;

/** A device's loss: a bowl of its own, whose gradient is the same bits everywhere. Immutable. */
final class Bowl {

    private static final double SPREAD = 0.7;

    private final double[] centre;

    /** The bowl of a device, 0 and up, in d dimensions. */
    Bowl(int device, int dimension) {
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
