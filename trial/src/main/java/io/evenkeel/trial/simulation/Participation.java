package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.Support;
import io.evenkeel.core.sampling.Sampling;
import java.util.Arrays;

/**
 * Draws the clients that take part in a round, as the coordinator does: in each round a new share of them, at
 * least one.
 */
final class Participation {

    private final int clients;
    private final int drawn;
    private final long seed;

    /**
     * @param seed the run's seed
     */
    Participation(int clients, double share, long seed) {
        this.clients = clients;
        this.drawn = (int) Math.max(1, Math.round(share * clients));
        this.seed = seed;
    }

    boolean isFull() {
        return drawn == clients;
    }

    /** Returns the number of participants in a round. */
    int count() {
        return drawn;
    }

    /** Returns the participants of a round, ascending. */
    Support of(int round) {
        if (isFull()) {
            return new Support.All(clients);
        }
        int[] positions = Sampling.positions(clients, drawn, seed, round);
        Arrays.sort(positions);
        return new Support.Listed(clients, positions);
    }
}
