package io.evenkeel.pilot.command;

import io.evenkeel.pilot.experiment.Experiment;
import io.evenkeel.pilot.local.LocalCoordinator;
import io.evenkeel.pilot.measure.Summarizer;
import io.evenkeel.pilot.result.ArmRun;
import io.evenkeel.pilot.result.ResultsFolder;
import io.evenkeel.pilot.result.Summary;
import io.evenkeel.pilot.simulation.HttpSimulation;
import io.evenkeel.pilot.simulation.Simulator;
import io.evenkeel.pilot.simulation.Trial;
import io.evenkeel.pilot.terminal.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.ExitCode;

/** Runs the trial of a folder: progress on the terminal, results into the folder, also when it is stopped by Ctrl-C. */
final class TrialRun {

    private static final int INTERRUPTED = 130;
    private static final long GRACE_SECONDS = 60;

    private final ResultsFolder folder;
    private final int threads;
    private final Terminal terminal;

    TrialRun(ResultsFolder folder, int threads, Terminal terminal) {
        this.folder = folder;
        this.threads = threads;
        this.terminal = terminal;
    }

    /** Returns the exit code: 0, or 130 if it was stopped. */
    int run() throws IOException, InterruptedException {
        Experiment experiment = folder.experiment();
        if ("http".equals(experiment.fleet().over())) {
            return overHttp(experiment);
        }
        return run(experiment, new Trial(experiment), threads);
    }

    /** Pairs run one after the other: each has as many threads as clients already. */
    private int overHttp(Experiment experiment) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("evenkeel-pilot-");
        try (LocalCoordinator local = LocalCoordinator.start(data)) {
            Simulator simulator = new HttpSimulation(experiment, local.address(), local.operatorToken());
            return run(experiment, new Trial(experiment, simulator), 1);
        } finally {
            FileSystemUtils.deleteRecursively(data);
        }
    }

    private int run(Experiment experiment, Trial trial, int threads) throws IOException, InterruptedException {
        Progress progress = new Progress(terminal, experiment);
        CountDownLatch written = new CountDownLatch(1);
        Thread hook = new Thread(() -> stopAndWait(progress, written), "pilot-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            Summary summary = write(experiment, trial, trial.run(threads, progress, journal(progress)), progress);
            return summary.complete() ? ExitCode.OK : INTERRUPTED;
        } finally {
            written.countDown();
            removeQuietly(hook);
        }
    }

    private Summary write(Experiment experiment, Trial trial, List<ArmRun> runs, Progress progress) throws IOException {
        long first = experiment.seeds().get(0);
        Summary summary = new Summarizer(experiment, trial.prepared(first), runs).summary();
        folder.write(runs, summary);
        progress.end();
        new SummaryText(summary).lines().forEach(terminal.out()::println);
        terminal.out().println();
        terminal.out()
                .println(
                        summary.complete()
                                ? "Results are in " + folder.path()
                                : "Stopped; what there is is in " + folder.path()
                                        + ". Go on with: evenkeel pilot compare --resume " + folder.path());
        return summary;
    }

    private Trial.Journal journal(Progress progress) {
        return new Trial.Journal() {
            @Override
            public Optional<ArmRun> earlier(String arm, long seed) {
                try {
                    Optional<ArmRun> kept = folder.kept(arm, seed);
                    kept.ifPresent(run -> progress.skip());
                    return kept;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void ended(ArmRun run) {
                try {
                    folder.keep(run);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }

    /** Ctrl-C: the runs stop before their next round, and the process waits until what they have is written. */
    private static void stopAndWait(Progress progress, CountDownLatch written) {
        progress.stop();
        try {
            if (!written.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("evenkeel: the runs did not stop in time; those that had ended can be resumed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeQuietly(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already, and the hook is what waited for this.
        }
    }
}
