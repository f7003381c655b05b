package io.evenkeel.trial.plot;

/**
 * A line with a band around it.
 *
 * @param name its name in the legend
 * @param style the index of its style
 * @param x ascending x values
 * @param y the y values, one for each x; values that are not finite are omitted
 * @param low the band's lower edge; empty if there is no band
 * @param high the band's upper edge; empty if there is no band
 * @param broken whether to mark that the line ends early
 * @param marked whether to draw the legend's marker along it
 */
@SuppressWarnings("ArrayRecordComponent") // Arrays are drawn, never compared, and cheaper than boxed values.
public record Curve(
        String name, int style, double[] x, double[] y, double[] low, double[] high, boolean broken, boolean marked) {

    /** A line without a band. */
    public static Curve plain(String name, int style, double[] x, double[] y) {
        return new Curve(name, style, x, y, new double[0], new double[0], false, true);
    }

    /** A line without a band or markers, for theoretical curves. */
    public Curve unmarked() {
        return new Curve(name, style, x, y, low, high, broken, false);
    }
}
