package io.evenkeel.testkit.chaos.run;

/**
 * A device's loss: a quadratic with a centre for each device, whose curvature depends on the sample. Its
 * gradient has the same bits on every platform. Immutable.
 */
public final class QuadraticObjective {

    private static final double SPREAD = 0.7;
    private static final double NOISE = 0.3;

    private final double[] centre;

    /** Creates the loss of a device, numbered from 0, in d dimensions. */
    public QuadraticObjective(int device, int dimension) {
        centre = new double[dimension];
        for (int j = 0; j < dimension; j++) {
            centre[j] = StrictMath.cos(device + j * SPREAD);
        }
    }

    /** Replaces a model, d values, with its gradient on the sample of a round. */
    public double[] gradient(double[] model, int round) {
        double curvature = 1 + NOISE * StrictMath.sin(round);
        for (int j = 0; j < model.length; j++) {
            model[j] = curvature * (1 + j % 3) * (model[j] - centre[j]);
        }
        return model;
    }
}
