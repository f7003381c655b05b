package io.evenkeel.trial.plot;

/**
 * A cloud of points.
 *
 * @param name in the legend
 * @param style which colour it has
 * @param x anything
 * @param y as many
 * @param radius of a dot, in pixels
 */
@SuppressWarnings("ArrayRecordComponent") // As for curves.
public record Dots(String name, int style, double[] x, double[] y, double radius) {}
