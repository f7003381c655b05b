package io.evenkeel.pilot.loss;

import io.evenkeel.pilot.sparse.Labelled;
import io.evenkeel.pilot.split.Shards;

/** Samples laid out client by client, so that a client's are neighbours in memory. Immutable. */
public final class Sharded {

    private final Labelled data;
    private final int[] starts;

    /** Copies the samples into the order of the shards. */
    public Sharded(Labelled data, Shards shards) {
        this.data = data.select(shards.order());
        this.starts = new int[shards.clients() + 1];
        for (int client = 0; client < shards.clients(); client++) {
            starts[client + 1] = shards.end(client);
        }
    }

    /** Returns the number of clients. */
    public int clients() {
        return starts.length - 1;
    }

    /** Returns the samples, client by client. */
    public Labelled data() {
        return data;
    }

    /** Returns where a client's samples begin. */
    public int start(int client) {
        return starts[client];
    }

    /** Returns how many samples a client has. */
    public int size(int client) {
        return starts[client + 1] - starts[client];
    }

    /** Returns the most samples a client has. */
    public int largest() {
        int largest = 0;
        for (int client = 0; client < clients(); client++) {
            largest = Math.max(largest, size(client));
        }
        return largest;
    }
}
