package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

/** The outermost element of a picture. */
final class Svg {

    /** How much a picture may grow where there is room. */
    private static final double LARGEST = 1.2;

    private Svg() {}

    static Markup open(String title, double height) {
        return open(title, Frame.WIDTH, height);
    }

    /** A picture wider than others keeps its letters readable on a narrow screen: it scrolls instead of shrinking. */
    static Markup open(String title, double width, double height) {
        String box = "0 0 " + px(width) + " " + px(height);
        String style =
                width > Frame.WIDTH ? "min-width:" + px(width) + "px" : "max-width:" + px(LARGEST * width) + "px";
        return new Markup()
                .open(
                        "svg",
                        "xmlns",
                        "http://www.w3.org/2000/svg",
                        "viewBox",
                        box,
                        "role",
                        "img",
                        "aria-label",
                        title,
                        "style",
                        style);
    }
}
