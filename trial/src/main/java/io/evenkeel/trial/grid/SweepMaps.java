package io.evenkeel.trial.grid;

import io.evenkeel.trial.plot.HeatMap;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.text.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** The heat maps of a sweep: for two axes one map for each arm, for one axis a single map with the arms as rows. */
final class SweepMaps {

    private static final double UPPER_QUARTILE = 0.75;

    private static final String KEY =
            "The best cell of each map has a frame. ✕ 10 means that half of the runs or more diverged, the"
                    + " first in round 10; a red corner means that fewer did. Colours compare all methods.";

    private final GridResults results;

    SweepMaps(GridResults results) {
        this.results = results;
    }

    /**
     * A figure that cells show.
     *
     * @param ratios whether its colour scale is logarithmic
     * @param badness the value to colour by; smaller is better
     */
    private record Shown(
            String name,
            boolean ratios,
            ToDoubleFunction<SweepFigures> badness,
            ToDoubleFunction<SweepFigures> figure,
            DoubleFunction<String> text) {}

    private List<Shown> shown() {
        String target = results.targetText();
        Shown rounds = new Shown(
                "rounds to " + target,
                true,
                f -> Math.max(1, f.rounds()),
                SweepFigures::rounds,
                value -> Numerals.shortest(value, 4));
        Shown bytes = new Shown(
                "bytes sent up to " + target,
                true,
                f -> Math.max(1, f.uplinkBytes()),
                SweepFigures::uplinkBytes,
                TextFormat::bytes);
        Shown quality = results.hasTestMetric()
                ? new Shown(
                        "final " + results.metric(),
                        false,
                        f -> -f.testMetric(),
                        SweepFigures::testMetric,
                        value -> TextFormat.metric(results.metric(), value))
                : new Shown(
                        "final loss",
                        false,
                        SweepFigures::loss,
                        SweepFigures::loss,
                        value -> Numerals.shortest(value, 4));
        return List.of(rounds, bytes, quality);
    }

    void write(Markup main) {
        main.element("p", KEY, "class", "note");
        main.add(HeatMap.legend("Colours of the cells, from the worst to the best", "worst", "best"));
        main.open("div", "class", "charts");
        for (Shown shown : shown()) {
            if (results.plan().axes().size() == 1) {
                List<List<SweepFigures>> rows = new ArrayList<>();
                results.arms().forEach(arm -> rows.add(results.of(arm)));
                map(main, shown.name(), shown, "method", results.arms(), rows);
            } else {
                results.arms()
                        .forEach(arm -> map(
                                main,
                                arm + ": " + shown.name(),
                                shown,
                                results.plan().axes().get(1).title(),
                                results.plan().axes().get(1).values(),
                                columnsAsRows(arm)));
            }
        }
        main.close();
    }

    private List<List<SweepFigures>> columnsAsRows(String arm) {
        List<List<SweepFigures>> rows = new ArrayList<>();
        for (int j = 0; j < results.plan().seconds(); j++) {
            rows.add(results.line(arm, 0, j));
        }
        return rows;
    }

    private void map(
            Markup main, String title, Shown shown, String up, List<String> names, List<List<SweepFigures>> rows) {
        double[] ends = ends(shown);
        double best = rows.stream()
                .flatMap(List::stream)
                .mapToDouble(f -> badness(f, shown))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        List<List<HeatMap.Cell>> cells = rows.stream()
                .map(row -> row.stream().map(f -> cell(f, shown, ends, best)).toList())
                .toList();
        HeatMap map = new HeatMap(
                title,
                results.plan().axes().get(0).title(),
                results.plan().axes().get(0).values(),
                up,
                names,
                cells);
        main.open("figure").element("figcaption", title).add(map.table()).close();
    }

    /** The best and the worst value of all arms, so that the shades of maps are comparable. */
    private double[] ends(Shown shown) {
        double[] all = results.arms().stream()
                .flatMap(arm -> results.of(arm).stream())
                .mapToDouble(f -> badness(f, shown))
                .filter(Double::isFinite)
                .sorted()
                .toArray();
        if (all.length == 0) {
            return new double[] {1, 1};
        }
        // Limits the range, since a few very bad losses would make all others look alike.
        int worst = shown.ratios() ? all.length - 1 : (int) (UPPER_QUARTILE * (all.length - 1));
        return new double[] {all[0], all[worst]};
    }

    private static double badness(SweepFigures figures, Shown shown) {
        double badness =
                figures.isLost() ? Double.POSITIVE_INFINITY : shown.badness().applyAsDouble(figures);
        return Double.isFinite(badness) ? badness : Double.POSITIVE_INFINITY;
    }

    private HeatMap.Cell cell(SweepFigures figures, Shown shown, double[] ends, double best) {
        double badness = badness(figures, shown);
        String hint = hint(figures);
        if (Double.isInfinite(badness)) {
            String text = figures.isLost() ? "✕ " + figures.firstDivergence() : shown.ratios() ? "never" : "–";
            return new HeatMap.Cell(text, -1, figures.diverged() > 0, false, hint);
        }
        double shade = ends[1] == ends[0]
                ? 1
                : shown.ratios()
                        ? StrictMath.log(ends[1] / badness) / StrictMath.log(ends[1] / ends[0])
                        : (ends[1] - badness) / (ends[1] - ends[0]);
        return new HeatMap.Cell(
                shown.text().apply(shown.figure().applyAsDouble(figures)),
                Math.max(0, shade),
                figures.diverged() > 0,
                badness == best,
                hint);
    }

    private static String hint(SweepFigures figures) {
        return "reached the target in " + figures.reached() + " of " + figures.seeds() + ", final loss "
                + (Double.isFinite(figures.loss()) ? TextFormat.loss(figures.loss()) : "none") + ", final ‖∇f‖ "
                + (Double.isFinite(figures.gradNorm()) ? TextFormat.number(figures.gradNorm()) : "none")
                + (figures.diverged() == 0
                        ? ""
                        : ", diverged in " + figures.diverged() + " of " + figures.seeds() + " from round "
                                + figures.firstDivergence());
    }
}
