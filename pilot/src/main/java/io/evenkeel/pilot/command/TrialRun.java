package io.evenkeel.pilot.command;

import io.evenkeel.pilot.experiment.Experiment;
import io.evenkeel.pilot.local.LocalCoordinator;
import io.evenkeel.pilot.measure.Summarizer;
import io.evenkeel.pilot.report.Page;
import io.evenkeel.pilot.report.TrialReport;
import io.evenkeel.pilot.result.ArmRun;
import io.evenkeel.pilot.result.ResultsFolder;
import io.evenkeel.pilot.result.Summary;
import io.evenkeel.pilot.simulation.HttpSimulation;
import io.evenkeel.pilot.simulation.Simulator;
import io.evenkeel.pilot.simulation.Trial;
import io.evenkeel.pilot.source.DataException;
import io.evenkeel.pilot.terminal.Terminal;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.ExitCode;

/** Runs the trial of a folder: progress on the terminal, results into the folder, also when it is stopped by Ctrl-C. */
final class TrialRun {

    /** The exit code of what was stopped by Ctrl-C. */
    static final int INTERRUPTED = 130;

    private final ResultsFolder folder;
    private final int threads;

    TrialRun(ResultsFolder folder, int threads) {
        this.folder = folder;
        this.threads = threads;
    }

    /** Runs it, and tells of it. Returns the exit code: 0, or 130 if it was stopped. */
    int run(Terminal terminal) throws IOException, InterruptedException {
        return run(terminal, "evenkeel pilot compare --resume " + folder.path());
    }

    /**
     * Runs it, and tells of it.
     *
     * @param goOn what goes on if it is stopped
     */
    int run(Terminal terminal, String goOn) throws IOException, InterruptedException {
        Progress progress = new Progress(terminal, List.of(folder.experiment()));
        StopSignal signal = new StopSignal(progress);
        try {
            Summary summary = execute(progress);
            progress.end();
            tell(summary, terminal, goOn);
            return summary.complete() ? ExitCode.OK : INTERRUPTED;
        } finally {
            signal.release();
        }
    }

    /** Runs what is not done yet, and writes the results and their report. */
    Summary execute(Progress progress) throws IOException, InterruptedException {
        Experiment experiment = folder.experiment();
        try {
            return "http".equals(experiment.fleet().over())
                    ? overHttp(experiment, progress)
                    : execute(experiment, new Trial(experiment), threads, progress);
        } catch (IllegalArgumentException | DataException e) {
            folder.forget();
            throw e;
        }
    }

    /** Pairs run one after the other: each has as many threads as clients already. */
    private Summary overHttp(Experiment experiment, Progress progress) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("evenkeel-pilot-");
        try (LocalCoordinator local = LocalCoordinator.start(data)) {
            Simulator simulator = new HttpSimulation(experiment, local.address(), local.operatorToken());
            return execute(experiment, new Trial(experiment, simulator), 1, progress);
        } finally {
            FileSystemUtils.deleteRecursively(data);
        }
    }

    private Summary execute(Experiment experiment, Trial trial, int threads, Progress progress)
            throws IOException, InterruptedException {
        List<ArmRun> runs = trial.run(threads, progress, journal(progress, experiment.rounds()));
        Trial.Prepared first = trial.prepared(experiment.seeds().get(0));
        Summary summary = new Summarizer(experiment, first, runs, Clock.systemUTC()).summary();
        folder.write(runs, summary);
        TrialReport.write(folder);
        return summary;
    }

    private void tell(Summary summary, Terminal terminal, String goOn) {
        PrintStream out = terminal.out();
        for (String line : new SummaryText(summary).lines()) {
            // Tables are indented, and stay as they are.
            (line.startsWith(" ") ? List.of(line) : terminal.paragraph(line, "  ")).forEach(out::println);
        }
        out.println();
        if (summary.complete()) {
            out.println("Results are in " + folder.path() + "; for plots and all figures open "
                    + folder.path().resolve(Page.NAME));
        } else {
            out.println("Stopped; what there is is in " + folder.path() + ". Go on with: " + goOn);
        }
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
