package io.evenkeel.trial.plot;

/**
 * A line with a band around it.
 *
 * @param name in the legend
 * @param style which look it has
 * @param x ascending
 * @param y as many; what is not finite is left out
 * @param low the band's lower edge, or empty for no band
 * @param high its upper edge, or empty
 * @param broken whether it ends before it should, which is marked
 * @param marked whether the legend's marker is drawn along it
 */
@SuppressWarnings(
        "ArrayRecordComponent") // Handed over to be drawn and never compared; boxes would cost more than the picture.
public record Curve(
        String name, int style, double[] x, double[] y, double[] low, double[] high, boolean broken, boolean marked) {

    /** A line without a band. */
    public static Curve plain(String name, int style, double[] x, double[] y) {
        return new Curve(name, style, x, y, new double[0], new double[0], false, true);
    }

    /** The same with nothing but the line, for laws rather than measurements. */
    public Curve unmarked() {
        return new Curve(name, style, x, y, low, high, broken, false);
    }
}
