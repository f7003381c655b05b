package io.evenkeel.pilot.simulation;

import io.evenkeel.core.compress.Support;
import io.evenkeel.core.vector.SplitMix64;

/** Which clients take part in a round: a share of them, at least one, drawn anew each round. */
final class Participation {

    private final int clients;
    private final int drawn;
    private final long seed;

    Participation(int clients, double share, long seed) {
        this.clients = clients;
        this.drawn = (int) Math.max(1, Math.round(share * clients));
        this.seed = seed;
    }

    boolean isFull() {
        return drawn == clients;
    }

    /** Returns the clients of a round, ascending. */
    Support of(int round) {
        return isFull() ? new Support.All(clients) : new Support.Seeded(clients, drawn, SplitMix64.derive(seed, round));
    }
}
