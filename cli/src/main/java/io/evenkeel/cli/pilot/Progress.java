package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.ProgressLine;
import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.simulation.RoundListener;
import java.time.Duration;
import java.util.List;

/** Shows the progress of all runs, and stops the runs on request. Safe to share between threads. */
final class Progress implements RoundListener {

    private final ProgressLine line;
    private final long total;
    private final int scale;
    private final long started = System.nanoTime();
    private long done;
    private long skipped;
    private long shownAt = started - ProgressLine.SHOW_EVERY;
    private volatile boolean stopped;

    Progress(Terminal terminal, List<Experiment> experiments) {
        total = experiments.stream().mapToLong(Progress::rounds).sum();
        scale = (int) Math.min(total, 1_000_000_000);
        line = new ProgressLine(terminal, scale);
    }

    static long rounds(Experiment experiment) {
        return (long) experiment.rounds() * experiment.runs();
    }

    @Override
    public boolean beforeRound(String arm, long seed, int round, double[] x) {
        if (stopped) {
            return false;
        }
        count(arm, seed);
        return true;
    }

    private synchronized void count(String arm, long seed) {
        done++;
        long now = System.nanoTime();
        if (now - shownAt >= ProgressLine.SHOW_EVERY) {
            shownAt = now;
            show(arm + ", seed " + seed);
        }
    }

    private void show(String figures) {
        line.skipped(scaled(skipped));
        line.show(scaled(done), figures, Duration.ofNanos(System.nanoTime() - started));
    }

    private int scaled(long rounds) {
        return (int) Math.min(scale, (double) rounds / total * scale);
    }

    /** Counts rounds as done without running them: those of an earlier attempt, or those left when a run diverges. */
    synchronized void skip(long rounds) {
        done += rounds;
        skipped += rounds;
    }

    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }

    synchronized void end() {
        show(stopped ? "stopped" : "done");
        line.end();
    }
}
