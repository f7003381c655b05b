package io.evenkeel.trial.report;

import io.evenkeel.trial.cost.CostModel;
import io.evenkeel.trial.cost.Decision;
import io.evenkeel.trial.cost.Deployment;
import io.evenkeel.trial.cost.Prices;
import io.evenkeel.trial.live.LiveRecord;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.result.ClassBalance;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.ContrastWords;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.TextFormat;
import io.evenkeel.trial.text.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** Writes reports of trials from their folders. */
public final class TrialReport {

    private final Texts texts;
    private final Prices prices;
    private final Deployment deployment;

    /**
     * @param prices the prices for the cost
     * @param deployment the deployment for the cost
     */
    public TrialReport(Texts texts, Prices prices, Deployment deployment) {
        this.texts = texts;
        this.prices = prices;
        this.deployment = deployment;
    }

    /** Returns reports in English, with assumed prices. */
    public static TrialReport english() {
        return new TrialReport(Texts.in(Language.ENGLISH), Prices.DEFAULT, Deployment.DEFAULT);
    }

    /** Writes a trial's report in English and with assumed prices into its folder. */
    public static void write(ResultsFolder results) throws IOException {
        Files.writeString(results.path().resolve(Page.NAME), english().page(TrialResults.read(results)));
    }

    public String page(TrialResults trial) {
        String description = trial.summary().problem().description();
        Markup main = new Markup().element("h1", description);
        body(main, trial, "");
        return Page.of(texts, texts.get("report.title", description), main);
    }

    public String page(List<TrialResults> trials) {
        return Page.of(
                texts,
                texts.get("report.title", texts.get("report.several")),
                several(texts.get("report.several"), new Markup(), trials));
    }

    private void body(Markup main, TrialResults trial, String prefix) {
        main.element("p", problem(trial.summary()), "class", "problem");
        ClassBalance classes = trial.summary().problem().classes();
        if (classes != null) {
            main.element("p", text(classes), "class", "problem");
        }
        LiveRecord live = trial.live();
        if (live != null) {
            new LiveSection(texts, live).write(main);
        }
        VerdictSection verdict = new VerdictSection(texts, trial);
        CurveSection curves = new CurveSection(texts, trial, prefix);
        verdict.writeHeadline(main);
        curves.writeFirst(main);
        verdict.write(main);
        decision(main, trial, prefix);
        curves.write(main);
        new MeasureSection(texts, trial).write(main);
        new MethodSection(texts, trial).write(main);
    }

    /**
     * Returns the main part of a report of several trials: an overview, then each in full.
     *
     * @param title the common title
     * @param introduction markup before the overview
     */
    public Markup several(String title, Markup introduction, List<TrialResults> trials) {
        Markup main = new Markup().element("h1", title).add(introduction);
        List<String> header = texts.list("report.", "trial", "on", "headline", "verdicts");
        Grid grid = Grid.begin(main, texts.get("report.glance"), header);
        for (TrialResults trial : trials) {
            grid.row(List.of(
                    trial.folder(),
                    trial.summary().problem().description(),
                    String.join(" ", new ContrastWords(texts, trial.summary()).verdict()),
                    String.join("; ", new VerdictSection(texts, trial).badges())));
        }
        grid.end();
        for (int t = 0; t < trials.size(); t++) {
            TrialResults trial = trials.get(t);
            main.open("section", "class", "trial");
            main.element("h1", trial.folder() + ": " + trial.summary().problem().description());
            body(main, trial, "t" + t + "-");
            main.close();
        }
        return main;
    }

    /** Writes the decision. Writes nothing if the trial was stopped or has no targets: the cost is then unknown. */
    private void decision(Markup main, TrialResults trial, String prefix) {
        Summary summary = trial.summary();
        if (!summary.complete() || summary.targets().isEmpty()) {
            return;
        }
        CostModel model =
                CostModel.of(trial.experiment(), summary, CostModel.hardestTarget(summary), prices, deployment);
        DecisionSection section = new DecisionSection(texts, new Decision(model), "h3", prefix);
        main.element("h2", texts.get("decision.heading"));
        section.writeVerdict(main);
        section.writeFigures(main);
    }

    /** Writes a sentence on the imbalance of the classes, which determines how meaningful an accuracy is. */
    private String text(ClassBalance classes) {
        String largest = TextFormat.percent(classes.largest());
        String text = texts.get("report.classes", classes.classes(), largest, TextFormat.percent(classes.smallest()));
        return classes.unbalanced() ? text + " " + texts.get("report.unbalanced", largest) : text;
    }

    private String problem(Summary summary) {
        Summary.Problem problem = summary.problem();
        return texts.get(
                problem.samples() == 0 ? "report.problem.no-samples" : "report.problem",
                problem.dimension(),
                problem.clients(),
                problem.samples(),
                problem.rounds(),
                problem.seeds().size(),
                summary.baseline());
    }
}
