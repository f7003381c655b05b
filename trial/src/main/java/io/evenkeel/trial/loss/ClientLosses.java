package io.evenkeel.trial.loss;

import io.evenkeel.core.vector.TensorLayout;
import java.util.Optional;

/**
 * The losses f_1, ..., f_n the clients of a trial hold: of data divided over them, or given by formulas. Immutable; safe to share
 * between threads, each of which takes a {@link Worker} of its own.
 */
public interface ClientLosses {

    int clients();

    TensorLayout layout();

    /** Returns how many samples a client has; 1 where the loss is given by a formula. */
    int samples(int client);

    /** Returns working space for one thread. */
    Worker worker();

    /** Returns a starting point that suits the loss where zeros do not, drawn from a seed. */
    default Optional<double[]> suggestedStart(long seed) {
        return Optional.empty();
    }

    /** Returns the constants of ordinary smoothness, or nothing if there are none or they are not known. May take a while. */
    Optional<Smoothness> smoothness();
}
