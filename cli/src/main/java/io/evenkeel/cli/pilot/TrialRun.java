package io.evenkeel.cli.pilot;

import io.evenkeel.tools.process.LocalCoordinator;
import io.evenkeel.tools.process.TemporaryFolder;
import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.measure.Summarizer;
import io.evenkeel.trial.report.Cautions;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.report.RecommendationText;
import io.evenkeel.trial.report.TrialReport;
import io.evenkeel.trial.report.TrialResults;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.simulation.HttpSimulation;
import io.evenkeel.trial.simulation.Simulator;
import io.evenkeel.trial.simulation.Trial;
import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.Texts;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import picocli.CommandLine.ExitCode;

/** Runs the trial of a folder, shows its progress, and writes its results to the folder, even after Ctrl-C. */
final class TrialRun {

    /** The exit code after Ctrl-C. */
    static final int INTERRUPTED = 130;

    private final ResultsFolder folder;
    private final int threads;

    TrialRun(ResultsFolder folder, int threads) {
        this.folder = folder;
        this.threads = threads;
    }

    /**
     * Runs the trial and prints the result. Returns the exit code: 0, or 130 after Ctrl-C.
     *
     * @param goOn the command that continues the trial
     */
    int run(Terminal terminal, String goOn) throws IOException, InterruptedException {
        Progress progress = new Progress(terminal, List.of(folder.experiment()));
        StopSignal signal = new StopSignal(progress);
        try {
            Summary summary = execute(progress, notes -> describe(notes, terminal));
            progress.end();
            print(summary, terminal, goOn);
            return summary.complete() ? ExitCode.OK : INTERRUPTED;
        } finally {
            signal.release();
        }
    }

    /** Runs the remaining pairs, and writes the results and their report. */
    Summary execute(Progress progress) throws IOException, InterruptedException {
        return execute(progress, notes -> {});
    }

    private Summary execute(Progress progress, Consumer<List<String>> describe)
            throws IOException, InterruptedException {
        Experiment experiment = folder.experiment();
        try {
            return "http".equals(experiment.fleet().over())
                    ? overHttp(experiment, progress, describe)
                    : execute(experiment, new Trial(experiment), threads, progress, describe);
        } catch (IllegalArgumentException | DataException e) {
            folder.forget();
            throw e;
        }
    }

    /** Runs pairs sequentially, because each already uses a thread per client. */
    private Summary overHttp(Experiment experiment, Progress progress, Consumer<List<String>> describe)
            throws IOException, InterruptedException {
        try (TemporaryFolder data = new TemporaryFolder("evenkeel-pilot-");
                LocalCoordinator local = LocalCoordinator.start(data.path(), List.of())) {
            Simulator simulator = new HttpSimulation(experiment, local.address(), local.operatorToken());
            return execute(experiment, new Trial(experiment, simulator), 1, progress, describe);
        }
    }

    private Summary execute(
            Experiment experiment, Trial trial, int threads, Progress progress, Consumer<List<String>> describe)
            throws IOException, InterruptedException {
        List<String> notes = trial.fleet().notes();
        describe.accept(notes);
        folder.describe(notes);
        Trial.Journal journal = journal(progress, experiment.rounds());
        Trial.Tuned tuned = trial.tune(threads, progress, journal);
        List<ArmRun> runs = tuned.trial().run(threads, progress, journal);
        Trial.Prepared first = tuned.trial().prepared(experiment.seeds().get(0));
        Summary summary =
                new Summarizer(tuned.trial().experiment(), first, runs, tuned.searches(), Clock.systemUTC()).summary();
        folder.write(runs, summary);
        TrialReport.write(folder);
        return summary;
    }

    private static void describe(List<String> notes, Terminal terminal) {
        terminal.print(notes, "  ");
        terminal.out().println();
    }

    private void print(Summary summary, Terminal terminal, String goOn) throws IOException {
        PrintStream out = terminal.out();
        List<String> lines = new ArrayList<>(new SummaryText(summary).lines());
        Texts texts = Texts.in(Language.ENGLISH);
        TrialResults results = TrialResults.read(folder);
        lines.addAll(SummaryText.closing(summary, new Cautions(texts, results).sentences()));
        lines.add("");
        lines.add(new RecommendationText(texts, results).text());
        terminal.print(lines, "  ");
        out.println();
        if (!summary.complete()) {
            out.println("Continue with: " + goOn);
        }
        out.println("Report: " + folder.path().resolve(Page.NAME));
    }

    private Trial.Journal journal(Progress progress, int rounds) {
        return new Trial.Journal() {
            @Override
            public Optional<ArmRun> earlier(String arm, long seed) {
                try {
                    Optional<ArmRun> kept = folder.kept(arm, seed);
                    kept.ifPresent(run -> progress.skip(rounds));
                    return kept;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void ended(ArmRun run) {
                progress.skip(Math.max(0, rounds - 1 - run.outcome().round()));
                try {
                    folder.keep(run);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }
}
