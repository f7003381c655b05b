package io.evenkeel.trial.plot;

import java.util.Locale;

/**
 * The colours of heat maps, from dark blue to light yellow: a straight line in the colour space OKLab (Ottosson 2020),
 * so that equal steps of a value look equally large. Lightness increases throughout, so the order survives printing in
 * grey; blue and yellow remain distinguishable for readers who confuse red and green. The colours are the same on light
 * and dark pages.
 */
final class Ramp {

    private static final double[] DARK = {0.30, -0.015, -0.085};
    private static final double[] LIGHT = {0.93, -0.035, 0.145};

    /** Relative luminance above which black letters have more contrast than white ones (WCAG 2.1). */
    private static final double BLACK_FROM = 0.179;

    private Ramp() {}

    /**
     * Returns the colour as {@code #rrggbb}.
     *
     * @param share from 0, dark, to 1, light
     */
    static String colour(double share) {
        double[] rgb = linear(share);
        return String.format(Locale.ROOT, "#%02x%02x%02x", coded(rgb[0]), coded(rgb[1]), coded(rgb[2]));
    }

    /** Returns whether black letters are more readable on this colour than white ones. */
    static boolean takesBlackLetters(double share) {
        double[] rgb = linear(share);
        return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2] > BLACK_FROM;
    }

    /** Converts OKLab to linear red, green and blue. */
    private static double[] linear(double share) {
        double lightness = between(share, 0);
        double a = between(share, 1);
        double b = between(share, 2);
        double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
        double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
        double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
        return new double[] {
            clamped(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            clamped(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            clamped(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)
        };
    }

    private static double between(double share, int component) {
        return DARK[component] + share * (LIGHT[component] - DARK[component]);
    }

    private static double cube(double value) {
        return value * value * value;
    }

    private static double clamped(double value) {
        return Math.max(0, Math.min(1, value));
    }

    /** Converts a linear component to the 8 bits of sRGB. */
    private static int coded(double linear) {
        double value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * StrictMath.pow(linear, 1 / 2.4) - 0.055;
        return (int) Math.rint(255 * value);
    }
}
