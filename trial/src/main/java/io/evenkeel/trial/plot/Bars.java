package io.evenkeel.trial.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Draws sums as stacked bars from 0, one per row, with a label above each bar. Not thread-safe. */
public final class Bars {

    private final String title;
    private final List<String> parts;
    private final List<Row> rows = new ArrayList<>();

    /**
     * A bar.
     *
     * @param label its label
     * @param values its parts, each at least 0; the bar is omitted if one is not finite
     * @param text the sum as text
     */
    public record Row(String label, List<Double> values, String text) {

        private double sum() {
            return values.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    /**
     * @param title the alternative text
     * @param parts the names of the parts, at least two
     */
    public Bars(String title, List<String> parts) {
        this.title = title;
        this.parts = List.copyOf(parts);
    }

    public Bars row(Row row) {
        rows.add(row);
        return this;
    }

    /** Draws the bars. */
    public Markup draw() {
        Markup bars = new Markup().open("div", "class", "bars", "role", "group", "aria-label", title);
        bars.open("p", "class", "note");
        IntStream.range(0, parts.size()).forEach(p -> box(bars, p, "").text(" " + parts.get(p) + " "));
        bars.close();
        double most = rows.stream()
                .mapToDouble(Row::sum)
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        for (Row row : rows) {
            bars.open("p")
                    .element("span", row.label())
                    .element("span", row.text())
                    .close();
            bars.open("div");
            for (int p = 0; p < row.values().size() && Double.isFinite(row.sum()) && most > 0; p++) {
                box(bars, p, ";width:" + Markup.px(100 * row.values().get(p) / most) + "%");
            }
            bars.close();
        }
        return bars.close();
    }

    private Markup box(Markup to, int part, String width) {
        String colour = "background:" + Ramp.colour(part / (parts.size() - 1.0));
        return to.open("span", "class", "swatch", "style", colour + width).closeInline();
    }
}
