package io.evenkeel.trial.sweep;

import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.plot.Axis;
import io.evenkeel.trial.plot.Curve;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Plot;
import io.evenkeel.trial.plot.Unit;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.report.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Writes report.html and sweep.csv of a sweep: the answers in words, curves along a numeric axis, heat maps. */
public final class SweepReport {

    private final SweepResults results;
    private final String target;

    private SweepReport(SweepResults results) {
        this.results = results;
        this.target = TextFormat.target(results.target().toString());
    }

    /**
     * Writes both files.
     *
     * @return the answers, by question
     */
    public static Map<String, List<String>> write(SweepFolder folder) throws IOException {
        SweepResults results = SweepResults.read(folder);
        SweepCsv.write(results, folder.path().resolve(SweepCsv.NAME));
        Map<String, List<String>> answers = new SweepAnswers(results).all();
        String yaml = Files.readString(folder.path().resolve(SweepFolder.NAME));
        Path file = folder.path().resolve(Page.NAME);
        Files.writeString(file, new SweepReport(results).page(answers, yaml));
        return answers;
    }

    private String page(Map<String, List<String>> answers, String yaml) {
        String title = "Sweep over "
                + String.join(
                        " and ",
                        results.plan().axes().stream().map(SweepAxis::name).toList());
        Markup main = new Markup().element("h1", title + ": " + data());
        main.element("p", problem(), "class", "problem");
        answers.forEach((question, sentences) -> {
            main.element("h2", question).open("ul");
            sentences.forEach(sentence -> main.element("li", sentence));
            main.close();
        });
        curves(main);
        main.element("h2", "Cell by cell");
        new SweepMaps(results).write(main);
        main.element("h2", "How it was run");
        main.element("p", "Each cell's own report is under cells/. The same again:");
        main.element("pre", "evenkeel pilot sweep --file " + SweepFolder.NAME + " --out again");
        main.element("p", SweepFolder.NAME + ":").element("pre", yaml);
        return Page.of(title, main);
    }

    private String data() {
        String file = results.experiment().data().file();
        return file == null
                ? results.experiment().data().source()
                : String.valueOf(Path.of(file).getFileName());
    }

    private String problem() {
        int seeds = results.experiment().seeds().size();
        return results.cells().size() + " cells, " + results.experiment().rounds() + " rounds each, "
                + (seeds == 1 ? "one seed, so no intervals" : "medians over " + seeds + " seeds") + "; rounds are to "
                + target
                + (results.experiment().targets().isEmpty() ? ", the hardest power of ten that most methods reach" : "")
                + ".";
    }

    private void curves(Markup main) {
        List<SweepAxis> axes = results.plan().axes();
        int along = IntStream.range(0, axes.size())
                .filter(a -> axes.get(a).isNumeric())
                .boxed()
                .min((a, b) -> Boolean.compare(
                        SweepAxis.STEP.equals(axes.get(b).name()),
                        SweepAxis.STEP.equals(axes.get(a).name())))
                .orElse(-1);
        if (along < 0) {
            return;
        }
        main.element("h2", "Along " + axes.get(along).name());
        main.open("div", "class", "charts");
        int others = results.count(1 - along);
        for (int other = 0; other < others; other++) {
            chart(main, along, other, Axis.logarithmic("rounds to " + target), SweepFigures::rounds);
        }
        for (int other = 0; other < others; other++) {
            boolean metric = results.hasTestMetric();
            chart(
                    main,
                    along,
                    other,
                    metric
                            ? new Axis(
                                    results.metric(),
                                    QualityMetric.isShare(results.metric()) ? Unit.PERCENT : Unit.NUMBER,
                                    false)
                            : Axis.linear("final loss"),
                    metric ? SweepFigures::testMetric : SweepFigures::loss);
        }
        main.close();
    }

    private void chart(Markup main, int along, int other, Axis up, ToDoubleFunction<SweepFigures> figure) {
        SweepAxis axis = results.plan().axes().get(along);
        boolean logarithmic = IntStream.range(0, axis.values().size())
                .allMatch(i -> axis.number(i).orElse(0) > 0);
        String where = results.plan().axes().size() == 1
                ? ""
                : ", " + results.plan().axes().get(1 - along).at(other);
        Plot plot = new Plot(
                "clip-" + along + "-" + other + (up.logarithmic() ? "r" : "q"),
                up.title() + " along " + axis.name() + where + "; the figures are in the maps below",
                new Axis(axis.title(), Unit.NUMBER, logarithmic),
                up);
        List<String> absent = new ArrayList<>();
        double start = Double.NEGATIVE_INFINITY;
        for (int s = 0; s < results.arms().size(); s++) {
            Curve curve = curve(results.arms().get(s), s, along, other, figure);
            if (Arrays.stream(curve.y()).noneMatch(Double::isFinite)) {
                absent.add(curve.name());
            } else {
                plot.curve(curve);
                start = Math.max(start, least(curve.y()));
            }
        }
        if (!up.logarithmic() && !results.hasTestMetric()) {
            plot.below(start + Math.abs(start));
        }
        main.open("figure").element("figcaption", up.title() + where).add(plot.svg());
        if (!absent.isEmpty()) {
            main.element("p", "Never got there: " + String.join(", ", absent) + ".", "class", "note");
        }
        main.close();
    }

    private static double least(double[] values) {
        return Arrays.stream(values).filter(Double::isFinite).min().orElse(Double.NEGATIVE_INFINITY);
    }

    private Curve curve(String arm, int style, int along, int other, ToDoubleFunction<SweepFigures> figure) {
        SweepAxis axis = results.plan().axes().get(along);
        List<SweepFigures> line = results.line(arm, along, other);
        List<double[]> points = new ArrayList<>();
        for (int i = 0; i < line.size(); i++) {
            double y = figure.applyAsDouble(line.get(i));
            // An unreached value remains as a gap in the line.
            points.add(new double[] {axis.number(i).orElse(0), Double.isFinite(y) ? y : Double.NaN});
        }
        points.sort((a, b) -> Double.compare(a[0], b[0]));
        return Curve.plain(
                arm,
                style,
                points.stream().mapToDouble(point -> point[0]).toArray(),
                points.stream().mapToDouble(point -> point[1]).toArray());
    }
}
