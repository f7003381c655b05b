package io.evenkeel.trial.study;

import io.evenkeel.trial.measure.Spreads;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.report.Grid;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.report.TextFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Writes report.html and study.csv of a study: an answer in words to each question, and the underlying figures. */
public final class StudyReport {

    private final StudyResults results;

    private StudyReport(StudyResults results) {
        this.results = results;
    }

    /**
     * Writes both files.
     *
     * @return the answers
     */
    public static List<Answer> write(StudyFolder folder) throws IOException {
        StudyResults results = StudyResults.read(folder);
        List<Answer> answers = new StudyAnswers(results).all();
        StudyCsv.write(results, folder.path().resolve(StudyCsv.NAME));
        String yaml = Files.readString(folder.path().resolve(StudyFolder.NAME));
        Files.writeString(folder.path().resolve(Page.NAME), new StudyReport(results).page(answers, yaml));
        return answers;
    }

    /** Returns a sentence on the number of seeds. */
    static String seeds(StudyResults results) {
        int seeds = results.experiment().seeds().size();
        if (!results.experiment().isRandom()) {
            return "nothing is drawn at random";
        }
        return seeds == 1
                ? "one seed: a first look, and any answer could be chance"
                : "medians over " + seeds + " seeds";
    }

    private String page(List<Answer> answers, String yaml) {
        String title = "Study of normalization: " + results.experiment().description();
        Markup main = new Markup().element("h1", title);
        main.element(
                "p",
                results.experiment().fleet().clients() + " clients, "
                        + results.experiment().rounds() + " rounds, " + seeds(results) + ".",
                "class",
                "problem");
        answers.forEach(answer -> write(main, answer));
        main.element("h2", "Each method at its best step");
        results.sweeps().keySet().stream().filter(topic -> topic != Topic.STEP).forEach(topic -> table(main, topic));
        main.element("h2", "What counts as an answer").open("ul");
        Thresholds.sentences().forEach(sentence -> main.element("li", sentence));
        main.close();
        main.element("h2", "How it was run");
        main.element(
                "p",
                "Each sweep has its own report with heat maps, and each of its cells another: "
                        + String.join(", ", folders()) + ". The same again:");
        main.element("pre", "evenkeel pilot study --file " + StudyFolder.NAME + " --out again");
        main.element("p", StudyFolder.NAME + ":").element("pre", yaml);
        return Page.of(title, main);
    }

    private List<String> folders() {
        return results.sweeps().keySet().stream()
                .map(topic -> topic.folder() + "/" + Page.NAME)
                .toList();
    }

    private static void write(Markup main, Answer answer) {
        main.element("h2", answer.question());
        if (!answer.verdicts().isEmpty()) {
            main.open("div", "class", "cards");
            for (Answer.Verdict verdict : answer.verdicts()) {
                String colour = verdict.good() > 0 ? "better" : verdict.good() < 0 ? "worse" : "no-difference";
                main.open("article", "class", "card " + colour);
                main.element("h3", verdict.arm());
                main.element("p", capital(verdict.text()) + ".", "class", "headline")
                        .close();
            }
            main.close();
        }
        if (!answer.figures().isEmpty()) {
            main.open("ul");
            answer.figures().forEach(figure -> main.element("li", figure));
            main.close();
        }
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private void table(Markup main, Topic topic) {
        String axis = results.axisName(topic);
        List<Place> places = results.places(topic);
        boolean metric = places.stream()
                .anyMatch(place ->
                        Double.isFinite(Spreads.median(place.yardstick().metrics())));
        List<String> header = new ArrayList<>(List.of(axis, "method", "best step", "rounds", "final loss"));
        if (metric) {
            header.add("accuracy");
        }
        Grid grid = Grid.begin(main, "Along " + axis + ": rounds to 90% of the best method's improvement", header);
        for (Place place : places) {
            Stream.concat(place.plain().stream(), place.normalized().stream())
                    .forEach(side -> grid.row(row(place, side, metric)));
        }
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
}
