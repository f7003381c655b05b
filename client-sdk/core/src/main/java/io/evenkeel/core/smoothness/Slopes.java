package io.evenkeel.core.smoothness;

import java.util.function.IntToDoubleFunction;

/**
 * The mean of the slopes that devices report in a round, or of their changes. A device's slope is
 * {@code (x - x').grad f_i(x)/||x - x'||}, where x' is the model of its previous message. The change of the
 * slope is the same with {@code grad f_i(x) - g_i}, where g_i is the device's part of the sum that the step
 * followed. Not thread-safe.
 *
 * <p>Outliers are not limited: if only one device has the data of a class, its slope dominates the fleet's.
 */
public final class Slopes {

    private double weighted;
    private double weight;

    /**
     * Computes a device's slope; not finite if the models are equal.
     *
     * @param gradient the gradient at x, minus g_i for the change
     * @param x the round's model
     * @param before x'
     */
    public static double along(
            int dimension, IntToDoubleFunction gradient, IntToDoubleFunction x, IntToDoubleFunction before) {
        double product = 0;
        double squares = 0;
        for (int j = 0; j < dimension; j++) {
            double moved = x.applyAsDouble(j) - before.applyAsDouble(j);
            product += moved * gradient.applyAsDouble(j);
            squares += moved * moved;
        }
        return product / Math.sqrt(squares);
    }

    /** Adds a device's finite value with the member's weight. */
    public void add(double slope, double itsWeight) {
        weighted += itsWeight * slope;
        weight += itsWeight;
    }

    /**
     * Returns the weighted mean, or NaN without values. If all devices report, it is the slope of the fleet's function.
     */
    public double mean() {
        return weighted / weight;
    }
}
