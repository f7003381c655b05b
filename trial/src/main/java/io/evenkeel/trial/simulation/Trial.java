package io.evenkeel.trial.simulation;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ArmSummary;
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

/**
 * Runs the (arm, seed) pairs of an experiment on several threads. Pairs are computed independently, so the figures do
 * not depend on the number of threads. Arms with the same seed share one fleet.
 */
public final class Trial {

    private final Experiment experiment;
    private final Simulator simulator;
    private final FleetSource fleets;
    private final Map<Long, Prepared> prepared = new HashMap<>();
    private final Map<Long, Integer> ended = new HashMap<>();
    private final List<ArmRun> done;

    public Trial(Experiment experiment) {
        this(
                experiment,
                (prepared, arm, seed, threads, listener) -> new Simulation(
                                experiment, prepared.fleet(), prepared.arms().get(arm), seed, threads, listener)
                        .run());
    }

    /** Reads the data, for runs outside this process. */
    public Trial(Experiment experiment, Simulator simulator) {
        this(experiment, simulator, new FleetSource(experiment), List.of());
    }

    private Trial(Experiment experiment, Simulator simulator, FleetSource fleets, List<ArmRun> done) {
        this.experiment = experiment;
        this.simulator = simulator;
        this.fleets = fleets;
        this.done = done;
    }

    /** A fleet with its resolved arms. */
    public record Prepared(Fleet fleet, List<Arm> arms) {}

    /**
     * A trial whose arms all have step sizes.
     *
     * @param trial the trial, including the runs of the searches
     * @param searches the searches, by arm
     */
    public record Tuned(Trial trial, Map<String, ArmSummary.Search> searches) {}

    /** Provides earlier runs and receives new ones. */
    public interface Journal {

        /** Returns a run of an earlier attempt, if there is one. */
        Optional<ArmRun> earlier(String arm, long seed);

        /** Receives a run that has finished or diverged. Called by several threads. */
        void ended(ArmRun run);
    }

    public Experiment experiment() {
        return experiment;
    }

    /**
     * Searches for the step sizes of arms with several candidates. The search's runs have the arm's name with @ and a
     * number.
     *
     * @throws InterruptedException if the calling thread is interrupted
     */
    public Tuned tune(int threads, RoundListener listener, Journal journal) throws InterruptedException {
        StepSearch search = new StepSearch(experiment);
        Experiment candidates = search.candidates();
        if (candidates == null) {
            return new Tuned(this, Map.of());
        }
        // Checks the other arms before the search, which takes a long time.
        fit(
                first(),
                experiment.arms().stream()
                        .filter(arm -> arm.candidates().isEmpty())
                        .toList());
        search.ran(new Trial(candidates, simulator, fleets, List.of()).run(threads, listener, journal));
        return new Tuned(new Trial(search.chosen(), simulator, fleets, search.chosenRuns()), search.searches());
    }

    /**
     * Returns the fleet of a seed; the same for all seeds if it does not depend on them.
     *
     * @throws IllegalArgumentException if the data does not suit the loss, or an arm does not suit the fleet
     */
    public synchronized Prepared prepared(long seed) {
        return prepared.computeIfAbsent(fleets.key(seed), key -> prepare(fleets.of(key)));
    }

    /**
     * Releases a fleet that is no longer needed, except for the first one, whose figures represent all
     * fleets.
     */
    private synchronized void release(long seed) {
        int count = ended.merge(seed, 1, Integer::sum);
        if (count == experiment.arms().size() && seed != experiment.seeds().get(0)) {
            prepared.remove(seed);
            fleets.release(seed);
        }
    }

    private Prepared prepare(FleetSource.Known known) {
        return new Prepared(known.fleet(), fit(known, experiment.arms()));
    }

    private List<Arm> fit(FleetSource.Known known, List<ArmSettings> settings) {
        return settings.stream()
                .map(arm -> Arm.of(arm, known.fleet().losses().layout(), known.smoothness(), experiment.rounds() - 1))
                .toList();
    }

    private FleetSource.Known first() {
        return fleets.of(fleets.key(experiment.seeds().get(0)));
    }

    /** Returns the fleet of the first seed, whose figures represent all fleets. */
    public Fleet fleet() {
        return first().fleet();
    }

    /**
     * Runs all pairs, seed by seed.
     *
     * @return the runs, by arm, then by seed, in the order of the experiment
     * @throws InterruptedException if the calling thread is interrupted
     */
    public List<ArmRun> run(int threads, RoundListener listener, Journal journal) throws InterruptedException {
        // Checks the settings before any thread starts.
        prepared(experiment.seeds().get(0));
        // If there are fewer pairs than threads, a pair computes its gradients on several threads.
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
        Optional<ArmRun> earlier = done.stream()
                .filter(run -> run.arm().equals(name) && run.seed() == seed)
                .findFirst()
                .or(() -> journal.earlier(name, seed));
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
