package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.grid.GridCell;
import io.evenkeel.trial.result.ResultsFolder;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.ExitCode;

/** Runs the trials of a grid sequentially, with one progress line. Skips trials that an earlier attempt completed. */
final class GridRun {

    private final List<GridCell> cells;
    private final int threads;

    /**
     * @param threads at least 1
     */
    GridRun(List<GridCell> cells, int threads) {
        this.cells = cells;
        this.threads = threads;
    }

    /** Checks the option {@code --threads}. */
    static void checkThreads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("--threads is " + threads + ", expected at least 1");
        }
    }

    /** Writes the results of all trials. */
    interface Report {
        void write() throws IOException;
    }

    /**
     * Runs the trials, then writes the report. Returns the exit code: 0, or 130 after Ctrl-C.
     *
     * @param goOn the command that continues
     * @throws IllegalArgumentException if a trial is refused; the message names it
     */
    int run(Terminal terminal, String goOn, Report report) throws IOException, InterruptedException {
        Progress progress =
                new Progress(terminal, cells.stream().map(GridCell::experiment).toList());
        StopSignal signal = new StopSignal(progress);
        try {
            for (GridCell cell : cells) {
                run(cell, progress);
            }
            progress.end();
            if (progress.isStopped()) {
                terminal.out().println("Stopped; continue with: " + goOn);
                return TrialRun.INTERRUPTED;
            }
            report.write();
            return ExitCode.OK;
        } finally {
            signal.release();
        }
    }

    private void run(GridCell cell, Progress progress) throws IOException, InterruptedException {
        if (progress.isStopped()) {
            return;
        }
        ResultsFolder folder = cell.open();
        if (folder.isComplete()) {
            progress.skip(Progress.rounds(cell.experiment()));
            return;
        }
        try {
            new TrialRun(folder, threads).execute(progress);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("trial " + cell.name() + ": " + e.getMessage(), e);
        }
    }
}
