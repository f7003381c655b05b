package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

/** The outermost element of a picture. */
final class Svg {

    private Svg() {}

    static Markup open(String title, double height) {
        return open(title, Frame.WIDTH, height);
    }

    static Markup open(String title, double width, double height) {
        return new Markup()
                .open(
                        "svg",
                        "xmlns",
                        "http://www.w3.org/2000/svg",
                        "viewBox",
                        "0 0 " + px(width) + " " + px(height),
                        "role",
                        "img",
                        "aria-label",
                        title);
    }
}
