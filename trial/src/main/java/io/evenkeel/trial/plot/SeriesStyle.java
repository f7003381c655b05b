package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

/**
 * The style of the n-th of several curves: a colour, which the page defines for light and dark mode, a dash pattern and
 * a marker, so that curves also differ without colours.
 */
public final class SeriesStyle {

    /** The number of colours that the page defines, as the classes s0, s1, ... for lines and f0, f1, ... for areas. */
    public static final int COLOURS = 8;

    private static final String[] DASHES = {"", "7 3", "2 3", "9 3 2 3", "12 4", "4 2", "9 3 2 3 2 3"};
    private static final int MARKERS = 6;
    private static final double SIZE = 3.4;

    private SeriesStyle() {}

    static String line(int style) {
        return "s" + style % COLOURS;
    }

    static String area(int style) {
        return "f" + style % COLOURS;
    }

    static String dash(int style) {
        return DASHES[style % DASHES.length];
    }

    /** Draws the marker at a position. */
    static void marker(Markup to, int style, double x, double y) {
        String[] shape = switch (style % MARKERS) {
            case 0 -> path(x, y, 0, -1.1, 1.1, 0.9, -1.1, 0.9);
            case 1 -> null;
            case 2 -> path(x, y, -0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9);
            case 3 -> path(x, y, 0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0);
            case 4 -> path(x, y, 0, 1.1, 1.1, -0.9, -1.1, -0.9);
            default -> path(x, y, -0.4, -1.2, 0.4, -1.2, 0.4, 1.2, -0.4, 1.2);
        };
        if (shape == null) {
            circle(to, style, x, y, SIZE);
        } else {
            to.empty("path", "class", area(style), "d", shape[0]);
        }
    }

    static void circle(Markup to, int style, double x, double y, double radius) {
        to.empty("circle", "class", area(style), "cx", px(x), "cy", px(y), "r", px(radius));
    }

    private static String[] path(double x, double y, double... corners) {
        StringBuilder d = new StringBuilder();
        for (int i = 0; i < corners.length; i += 2) {
            d.append(i == 0 ? 'M' : 'L').append(px(x + SIZE * corners[i]));
            d.append(' ').append(px(y + SIZE * corners[i + 1]));
        }
        return new String[] {d.append('Z').toString()};
    }

    /** Draws a short piece of the line with its marker, for legends. */
    public static void swatch(Markup to, int style, double x, double y, double length) {
        Svg.line(to, style, "M" + px(x) + " " + px(y) + "H" + px(x + length));
        marker(to, style, x + length / 2, y);
    }
}
