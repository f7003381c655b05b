package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.measure.Spreads;
import io.evenkeel.trial.plot.Axis;
import io.evenkeel.trial.plot.Curve;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.plot.Plot;
import io.evenkeel.trial.plot.Unit;
import io.evenkeel.trial.report.Grid;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.text.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes report.html and the CSV file of a grid. The page of a study has its answers and tables, then a
 * section for each of its sweeps. A section has answers in words, curves along a numeric axis, and heat maps.
 */
public final class GridReport {

    private final GridFolder folder;
    private final Map<String, GridResults> grids;
    private final boolean study;

    private GridReport(GridFolder folder) throws IOException {
        this.folder = folder;
        this.grids = folder.results();
        this.study = folder.plan().kind() == GridKind.STUDY;
    }

    /**
     * Writes both files.
     *
     * @return the answers
     */
    public static List<Answer> write(GridFolder folder) throws IOException {
        GridReport report = new GridReport(folder);
        GridCsv.write(folder, report.grids);
        List<Answer> answers =
                report.study ? new StudyAnswers(report.grids).all() : new SweepAnswers(report.first()).all();
        Files.writeString(folder.path().resolve(Page.NAME), report.page(answers));
        return answers;
    }

    private GridResults first() {
        return grids.values().iterator().next();
    }

    private String page(List<Answer> answers) throws IOException {
        Experiment experiment = first().experiment();
        String title = study ? "Study of normalization: " + experiment.description() : "Sweep over " + axes(first());
        Markup main = new Markup().element("h1", study ? title : title + ": " + data(experiment));
        main.element("p", study ? problem(experiment) : problem(first()), "class", "problem");
        answers.forEach(answer -> write(main, answer, "h2"));
        if (study) {
            tables(main);
            grids.forEach((topic, results) -> {
                main.element("h2", "Sweep over " + axes(results));
                main.element("p", problem(results), "class", "problem");
                new SweepAnswers(results).all().forEach(answer -> write(main, answer, "h3"));
                pictures(main, topic, results, "h3");
            });
        } else {
            pictures(main, "", first(), "h2");
        }
        GridKind kind = folder.plan().kind();
        main.element("h2", "How it was run");
        main.element("p", "Each cell's own report is under cells/. To repeat it:");
        main.element("pre", "evenkeel pilot " + kind + " --file " + kind.file() + " --out again");
        main.element("p", kind.file() + ":");
        main.element("pre", Files.readString(folder.path().resolve(kind.file())));
        return Page.of(title, main);
    }

    private static String axes(GridResults results) {
        return results.plan().axes().stream().map(SweepAxis::name).collect(Collectors.joining(" and "));
    }

    private static String data(Experiment experiment) {
        String file = experiment.data().file();
        return file == null
                ? experiment.data().source()
                : String.valueOf(Path.of(file).getFileName());
    }

    private static String problem(GridResults results) {
        Experiment experiment = results.experiment();
        int seeds = experiment.seeds().size();
        return results.cells().size() + " cells, " + experiment.rounds() + " rounds each, "
                + (seeds == 1 ? "one seed, so no intervals" : "medians over " + seeds + " seeds") + "; rounds are to "
                + results.targetText()
                + (experiment.targets().isEmpty() ? ", the hardest power of ten that most methods reach" : "") + ".";
    }

    private static String problem(Experiment experiment) {
        int seeds = experiment.seeds().size();
        return experiment.fleet().clients() + " clients, " + experiment.rounds() + " rounds, "
                + (!experiment.isRandom()
                        ? "nothing is drawn at random"
                        : seeds == 1
                                ? "one seed: a first impression, and any answer could be chance"
                                : "medians over " + seeds + " seeds")
                + ".";
    }

    private static void write(Markup main, Answer answer, String heading) {
        main.element(heading, answer.question());
        if (!answer.verdicts().isEmpty()) {
            main.open("div", "class", "cards");
            for (Answer.Verdict verdict : answer.verdicts()) {
                String colour = verdict.good() > 0 ? "better" : verdict.good() < 0 ? "worse" : "no-difference";
                main.open("article", "class", "card " + colour).element("h3", verdict.arm());
                main.element("p", capital(verdict.text()) + ".", "class", "headline")
                        .close();
            }
            main.close();
        }
        if (!answer.figures().isEmpty()) {
            list(main, answer.figures());
        }
    }

    private static void list(Markup main, List<String> sentences) {
        main.open("ul");
        sentences.forEach(sentence -> main.element("li", sentence));
        main.close();
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private void tables(Markup main) {
        main.element("h2", "Each method at its best step");
        grids.values().stream()
                .filter(results -> results.plan().axes().size() > 1)
                .forEach(results -> table(main, results));
        main.element("h2", "What counts as an answer");
        list(main, Thresholds.sentences());
    }

    private static void table(Markup main, GridResults results) {
        String axis = results.plan().axes().get(1).name();
        List<Place> places = results.places();
        boolean metric = places.stream()
                .anyMatch(place ->
                        Double.isFinite(Spreads.median(place.yardstick().metrics())));
        List<String> header = new ArrayList<>(List.of(axis, "method", "best step", "rounds", "final loss"));
        if (metric) {
            header.add("accuracy");
        }
        Grid grid = Grid.begin(main, "Along " + axis + ": rounds to 90% of the best method's improvement", header);
        places.forEach(place -> place.sides().forEach(side -> grid.row(row(place, side, metric))));
        grid.end();
    }

    private static List<String> row(Place place, Side side, boolean metric) {
        double rounds = Spreads.median(side.rounds(place.target()));
        List<String> row = new ArrayList<>(List.of(
                place.value(),
                side.arm(),
                side.step() + "x",
                Double.isInfinite(rounds) ? "never" : Numerals.shortest(rounds, 3),
                side.isLost() ? "diverged" : TextFormat.loss(side.medianLoss())));
        if (metric) {
            double accuracy = Spreads.median(side.metrics());
            row.add(Double.isFinite(accuracy) ? TextFormat.percent(accuracy) : "–");
        }
        return row;
    }

    private static void pictures(Markup main, String topic, GridResults results, String heading) {
        List<SweepAxis> axes = results.plan().axes();
        IntStream.range(0, axes.size())
                .filter(a -> axes.get(a).isNumeric())
                .boxed()
                .min((a, b) -> Boolean.compare(
                        SweepAxis.STEP.equals(axes.get(b).name()),
                        SweepAxis.STEP.equals(axes.get(a).name())))
                .ifPresent(along -> {
                    main.element(heading, "Along " + axes.get(along).name());
                    curves(main, topic, results, along);
                });
        main.element(heading, "Cell by cell");
        new SweepMaps(results).write(main);
    }

    private static void curves(Markup main, String topic, GridResults results, int along) {
        main.open("div", "class", "charts");
        boolean metric = results.hasTestMetric();
        Axis quality = metric
                ? new Axis(
                        results.metric(), QualityMetric.isShare(results.metric()) ? Unit.PERCENT : Unit.NUMBER, false)
                : Axis.linear("final loss");
        int others = results.count(1 - along);
        for (int other = 0; other < others; other++) {
            Axis rounds = Axis.logarithmic("rounds to " + results.targetText());
            chart(main, topic, results, along, other, rounds, SweepFigures::rounds);
        }
        for (int other = 0; other < others; other++) {
            chart(main, topic, results, along, other, quality, metric ? SweepFigures::testMetric : SweepFigures::loss);
        }
        main.close();
    }

    private static void chart(
            Markup main,
            String topic,
            GridResults results,
            int along,
            int other,
            Axis up,
            ToDoubleFunction<SweepFigures> figure) {
        SweepAxis axis = results.plan().axes().get(along);
        boolean logarithmic = IntStream.range(0, axis.values().size())
                .allMatch(i -> axis.number(i).orElse(0) > 0);
        String where = results.plan().axes().size() == 1
                ? ""
                : ", " + results.plan().axes().get(1 - along).at(other);
        Plot plot = new Plot(
                topic + "clip-" + along + "-" + other + (up.logarithmic() ? "r" : "q"),
                up.title() + " along " + axis.name() + where + "; the figures are in the maps below",
                new Axis(axis.title(), Unit.NUMBER, logarithmic),
                up);
        List<String> absent = new ArrayList<>();
        double start = Double.NEGATIVE_INFINITY;
        for (int s = 0; s < results.arms().size(); s++) {
            Curve curve = curve(results, results.arms().get(s), s, along, other, figure);
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
            main.element("p", "Never reached: " + String.join(", ", absent) + ".", "class", "note");
        }
        main.close();
    }

    private static double least(double[] values) {
        return Arrays.stream(values).filter(Double::isFinite).min().orElse(Double.NEGATIVE_INFINITY);
    }

    private static Curve curve(
            GridResults results, String arm, int style, int along, int other, ToDoubleFunction<SweepFigures> figure) {
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
