package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.Support;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.result.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures the whole fleet at each round's model, on the first device that has it, because a download for the
 * measurement would change the downlink's figures. The devices wait during the measurement, and this time is not
 * counted. Thread-safe.
 */
final class Observer implements AutoCloseable {

    private final Experiment experiment;
    private final Fleet fleet;
    private final Measure measure;
    private final WorkerPool workers;
    private final RoundListener listener;
    private final String arm;
    private final long seed;
    private final List<Sight> sights = new ArrayList<>();
    private int next;
    private long started = System.nanoTime();
    private long measuring;
    private @Nullable Outcome end;

    /**
     * The measurements of a model.
     *
     * @param seconds the time since the run's start, without the measurements
     */
    record Sight(int round, double loss, double gradNorm, double testMetric, double seconds) {}

    Observer(Experiment experiment, Fleet fleet, Draws draws, String arm, int threads, RoundListener listener) {
        this.experiment = experiment;
        this.fleet = fleet;
        this.measure = new Measure(fleet);
        this.workers = new WorkerPool(fleet, experiment.gradient(), draws.batches(), threads, false);
        this.listener = listener;
        this.arm = arm;
        this.seed = draws.seed();
    }

    /** Starts the clock. */
    synchronized void begin() {
        started = System.nanoTime();
    }

    /** Measures x^round, unless it has been measured; returns whether the run continues. */
    synchronized boolean see(int round, double[] x) {
        if (end != null || round < next) {
            return end == null;
        }
        long at = System.nanoTime();
        double seconds = (at - started - measuring) * 1e-9;
        next = round + 1;
        boolean last = round == experiment.rounds();
        if (!last && !listener.beforeRound(arm, seed, round, x)) {
            end = new Outcome(Outcome.Kind.INTERRUPTED, round, "stopped before round " + round);
        } else if (last || round % experiment.recordEvery() == 0) {
            measure(round, x, seconds);
        }
        measuring += System.nanoTime() - at;
        return end == null;
    }

    private void measure(int round, double[] x, double seconds) {
        measure.reset();
        boolean finite = workers.forEach(
                new Support.All(fleet.losses().clients()),
                (worker, client, gradient, second) -> worker.full(client, x, gradient),
                (client, loss, gradient, second) -> {
                    measure.add(client, loss, gradient);
                    return Simulation.isFinite(loss, gradient);
                });
        if (!finite) {
            diverged(round, Simulation.notFinite(round));
            return;
        }
        String trouble = measure.trouble(round);
        if (trouble != null) {
            diverged(round, trouble);
            return;
        }
        sights.add(new Sight(round, measure.loss(), measure.gradNorm(), measure.testMetric(x), seconds));
    }

    /** Records why the run cannot continue. */
    synchronized void diverged(int round, String why) {
        if (end == null) {
            end = new Outcome(Outcome.Kind.DIVERGED, round, why);
        }
    }

    /** Returns why the run must end before its last round, or null. */
    synchronized @Nullable Outcome end() {
        return end;
    }

    /** Returns the measurements in the order of the rounds. */
    synchronized List<Sight> sights() {
        return List.copyOf(sights);
    }

    @Override
    public void close() {
        workers.close();
    }
}
