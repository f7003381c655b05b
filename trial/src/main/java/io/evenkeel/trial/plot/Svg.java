package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.stream.Stream;

/** Writes the root element of a picture, and its texts and lines. */
final class Svg {

    private static final String NAMESPACE = "http://www.w3.org/2000/svg";

    /** The maximum factor by which a picture grows. */
    private static final double LARGEST = 1.2;

    private Svg() {}

    static Markup open(String title, double height) {
        String box = "0 0 " + px(Frame.WIDTH) + " " + px(height);
        String style = "max-width:" + px(LARGEST * Frame.WIDTH) + "px";
        String[] attributes = {"xmlns", NAMESPACE, "viewBox", box, "role", "img", "aria-label", title, "style", style};
        return new Markup().open("svg", attributes);
    }

    /** Writes a text; the anchor determines whether the position is its start, middle or end. */
    static void text(Markup to, String text, String kind, String anchor, double x, double y) {
        to.element("text", text, "class", kind, "text-anchor", anchor, "x", px(x), "y", px(y));
    }

    /** Writes the name of a vertical axis beside it. */
    static void nameUp(Markup to, String name, double y) {
        String turn = "rotate(-90 12 " + px(y) + ")";
        String[] attributes = {"class", "name", "text-anchor", "middle", "transform", turn, "x", "12", "y", px(y)};
        to.element("text", name, attributes);
    }

    /** Writes a line in a series' colour and dashes. */
    static void line(Markup to, int style, String d) {
        String kind = "line " + SeriesStyle.line(style);
        to.empty("path", "class", kind, "stroke-dasharray", SeriesStyle.dash(style), "d", d);
    }

    /** Appends the attributes of a rectangle to others. */
    static String[] box(double x, double y, double width, double height, String... others) {
        String[] place = {"x", px(x), "y", px(y), "width", px(width), "height", px(height)};
        return Stream.concat(Stream.of(others), Stream.of(place)).toArray(String[]::new);
    }
}
