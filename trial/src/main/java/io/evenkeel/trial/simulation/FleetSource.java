package io.evenkeel.trial.simulation;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.loss.Smoothness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The fleets of an experiment, each created once while it is needed. Safe to share between threads. */
final class FleetSource {

    private final FleetFactory factory;
    private final boolean random;
    private final long first;
    private final Map<Long, Known> fleets = new HashMap<>();

    /** Reads the data. */
    FleetSource(Experiment experiment) {
        factory = new FleetFactory(experiment);
        random = experiment.fleetIsRandom();
        first = experiment.seeds().get(0);
    }

    /** A fleet and its smoothness, which is computed lazily. */
    record Known(Fleet fleet, Supplier<Optional<Smoothness>> smoothness) {}

    /** Returns the seed whose fleet the given seed shares. */
    long key(long seed) {
        return random ? seed : first;
    }

    synchronized Known of(long key) {
        return fleets.computeIfAbsent(key, seed -> {
            Fleet fleet = factory.fleet(seed);
            return new Known(fleet, once(fleet.losses()::smoothness));
        });
    }

    synchronized void release(long key) {
        fleets.remove(key);
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
}
