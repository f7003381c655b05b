package io.evenkeel.trial.plot;

/**
 * A cloud of points.
 *
 * @param name its name in the legend
 * @param style the index of its colour
 * @param x the x values, in any order
 * @param y the y values, one for each x
 * @param radius the radius of a dot, in pixels
 */
@SuppressWarnings("ArrayRecordComponent") // Arrays are only drawn, never compared, as in Curve.
public record Dots(String name, int style, double[] x, double[] y, double radius) {}
