package io.evenkeel.trial.plot;

import static io.evenkeel.trial.plot.Markup.px;

import java.util.LinkedHashSet;
import java.util.Set;

/** Leaves out dots that would overlap: one stays for each square of one and a half pixels. */
final class DotThinning {

    private static final double SQUARE = 1.5;

    private DotThinning() {}

    /** Returns the places to draw, as a path writes them. */
    static Set<String> places(Dots dots, Frame frame, Axis xAxis, Axis yAxis) {
        Set<String> places = new LinkedHashSet<>();
        for (int i = 0; i < dots.x().length; i++) {
            if (xAxis.shows(dots.x()[i]) && yAxis.shows(dots.y()[i])) {
                places.add(px(squared(frame.x(dots.x()[i]))) + " " + px(squared(frame.y(dots.y()[i]))));
            }
        }
        return places;
    }

    private static double squared(double pixels) {
        return SQUARE * Math.rint(pixels / SQUARE);
    }
}
