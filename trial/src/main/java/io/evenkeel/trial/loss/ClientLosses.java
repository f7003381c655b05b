package io.evenkeel.trial.loss;

import io.evenkeel.core.vector.TensorLayout;
import java.util.Optional;

/**
 * The losses f_1, ..., f_n of a trial's clients: on data divided among them, or given by formulas. Immutable; safe to
 * share between threads, each of which needs its own {@link Worker}.
 */
public interface ClientLosses {

    int clients();

    TensorLayout layout();

    /** Returns the number of samples of a client; 1 if the loss is given by a formula. */
    int samples(int client);

    /** Returns a worker for one thread. */
    Worker worker();

    /** Returns a starting point drawn from a seed, for losses that should not start from zeros. */
    default Optional<double[]> suggestedStart(long seed) {
        return Optional.empty();
    }

    /** Returns the smoothness constants, or empty if they do not exist or are unknown. May take a while. */
    Optional<Smoothness> smoothness();
}
