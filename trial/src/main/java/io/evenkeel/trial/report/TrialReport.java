package io.evenkeel.trial.report;

import io.evenkeel.trial.live.LiveRecord;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;

/** Reports of trials, made from their folders alone. */
public final class TrialReport {

    private TrialReport() {}

    /** Writes a trial's report into its folder. */
    public static void write(ResultsFolder results) throws IOException {
        Files.writeString(results.path().resolve(Page.NAME), page(TrialResults.read(results)));
    }

    /** Returns the page of one trial. */
    public static String page(TrialResults trial) {
        String description = trial.summary().problem().description();
        Markup main = new Markup().element("h1", description);
        body(main, trial, "");
        return Page.of("Pilot: " + description, main);
    }

    private static void body(Markup main, TrialResults trial, String prefix) {
        main.element("p", problem(trial.summary()), "class", "problem");
        LiveRecord live = trial.live();
        if (live != null) {
            new LiveSection(live).write(main);
        }
        new VerdictSection(trial).write(main);
        new CurveSection(trial, prefix).write(main);
        new MeasureSection(trial).write(main);
        new MethodSection(trial).write(main);
    }

    /**
     * Returns the main part of a report of several trials: an overview, then each in full.
     *
     * @param title what they have in common
     * @param introduction markup before the overview
     */
    public static Markup several(String title, Markup introduction, List<TrialResults> trials) {
        Markup main = new Markup().element("h1", title).add(introduction);
        Grid grid = Grid.begin(main, "The trials at a glance", List.of("trial", "on", "cheapest", "verdicts"));
        for (TrialResults trial : trials) {
            grid.row(List.of(
                    trial.folder(),
                    trial.summary().problem().description(),
                    new ReportSummary(trial.summary()).sentence(),
                    String.join("; ", VerdictSection.words(trial.summary()))));
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

    private static String problem(Summary summary) {
        Summary.Problem problem = summary.problem();
        String samples = problem.samples() == 0 ? "" : String.format(Locale.ROOT, " %,d samples,", problem.samples());
        return String.format(
                Locale.ROOT,
                "%,d %s, %,d %s,%s %,d rounds, %d %s; baseline %s.",
                problem.dimension(),
                problem.dimension() == 1 ? "parameter" : "parameters",
                problem.clients(),
                problem.clients() == 1 ? "client" : "clients",
                samples,
                problem.rounds(),
                problem.seeds().size(),
                problem.seeds().size() == 1 ? "seed" : "seeds",
                summary.baseline());
    }
}
