package io.evenkeel.trial.simulation;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.loss.Smoothness;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Runs the (arm, seed) pairs of an experiment on as many threads as asked, each pair by itself, so that the figures do not
 * depend on the threads. Arms with the same seed share one fleet.
 */
public final class Trial {

    private final Experiment experiment;
    private final Simulator simulator;
    private final FleetFactory factory;
    private final Map<Long, Prepared> fleets = new HashMap<>();
    private final Map<Long, Integer> ended = new HashMap<>();

    /** Reads the data. */
    public Trial(Experiment experiment) {
        this(
                experiment,
                (prepared, arm, seed, threads, listener) -> new Simulation(
                                experiment, prepared.fleet(), prepared.arms().get(arm), seed, threads, listener)
                        .run());
    }

    /** Reads the data, for runs some other way than in process. */
    public Trial(Experiment experiment, Simulator simulator) {
        this.experiment = experiment;
        this.simulator = simulator;
        this.factory = new FleetFactory(experiment);
    }

    /** A fleet with the arms fitted to it. */
    public record Prepared(Fleet fleet, List<Arm> arms) {}

    /** Runs that are done already, and those that come to be. */
    public interface Journal {

        /** Returns a run of an earlier attempt, if there is one. */
        Optional<ArmRun> earlier(String arm, long seed);

        /** Takes a run that has finished or diverged. Called by several threads. */
        void ended(ArmRun run);
    }

    /**
     * Returns the fleet of a seed; the same for all seeds if it does not depend on them.
     *
     * @throws IllegalArgumentException if the data does not suit the loss, or an arm does not suit the fleet
     */
    public synchronized Prepared prepared(long seed) {
        long key = experiment.fleetIsRandom() ? seed : experiment.seeds().get(0);
        return fleets.computeIfAbsent(key, this::prepare);
    }

    /** Lets go of a fleet no pair needs any more, but for the first, whose figures stand for all. */
    private synchronized void release(long seed) {
        int done = ended.merge(seed, 1, Integer::sum);
        if (done == experiment.arms().size() && seed != experiment.seeds().get(0)) {
            fleets.remove(seed);
        }
    }

    private Prepared prepare(long seed) {
        Fleet fleet = factory.fleet(seed);
        Supplier<Optional<Smoothness>> smoothness = once(fleet.losses()::smoothness);
        List<Arm> arms = new ArrayList<>();
        for (ArmSettings settings : experiment.arms()) {
            arms.add(Arm.of(settings, fleet.losses().layout(), smoothness, experiment.rounds() - 1));
        }
        return new Prepared(fleet, List.copyOf(arms));
    }

    private static <T> Supplier<Optional<T>> once(Supplier<Optional<T>> costly) {
        List<Optional<T>> known = new ArrayList<>(1);
        return () -> {
            if (known.isEmpty()) {
                known.add(costly.get());
            }
            return known.get(0);
        };
    }

    /**
     * Runs all pairs, seed by seed.
     *
     * @return the runs, by arm, then by seed, in the order of the experiment
     * @throws InterruptedException if the calling thread is interrupted
     */
    public List<ArmRun> run(int threads, RoundListener listener, Journal journal) throws InterruptedException {
        // What is wrong with the settings is found here, before any thread starts.
        prepared(experiment.seeds().get(0));
        // Where there are fewer pairs than threads, a pair computes its gradients on several.
        int pairs = experiment.arms().size() * experiment.seeds().size();
        int workers = Math.max(1, threads / pairs);
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(threads, pairs));
        try {
            List<List<Future<ArmRun>>> futures = new ArrayList<>();
            experiment.arms().forEach(arm -> futures.add(new ArrayList<>()));
            for (long seed : experiment.seeds()) {
                for (int a = 0; a < futures.size(); a++) {
                    int arm = a;
                    futures.get(a).add(pool.submit(() -> pair(arm, seed, workers, listener, journal)));
                }
            }
            List<ArmRun> runs = new ArrayList<>();
            for (List<Future<ArmRun>> ofArm : futures) {
                for (Future<ArmRun> run : ofArm) {
                    runs.add(run.get());
                }
            }
            return runs;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private ArmRun pair(int arm, long seed, int workers, RoundListener listener, Journal journal)
            throws InterruptedException {
        String name = experiment.arms().get(arm).name();
        Optional<ArmRun> earlier = journal.earlier(name, seed);
        if (earlier.isPresent()) {
            return earlier.get();
        }
        ArmRun run = simulator.run(prepared(seed), arm, seed, workers, listener);
        release(seed);
        if (run.outcome().kind() != Outcome.Kind.INTERRUPTED) {
            journal.ended(run);
        }
        return run;
    }
}
