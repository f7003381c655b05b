package io.evenkeel.trial.split;

/** The samples of each client. Immutable, unless a caller changes its arrays. */
public final class Shards {

    private final int[] order;
    private final int[] bounds;

    /**
     * @param order the samples, client by client
     * @param bounds where each client's begin in it, and the end of the last; a value more than clients
     * @throws IllegalArgumentException if a client has no samples
     */
    Shards(int[] order, int[] bounds) {
        this.order = order;
        this.bounds = bounds;
        for (int client = 0; client + 1 < bounds.length; client++) {
            if (bounds[client] >= bounds[client + 1]) {
                throw new IllegalArgumentException("client " + client + " of " + (bounds.length - 1)
                        + " has no samples: take fewer clients or another split");
            }
        }
    }

    public int clients() {
        return bounds.length - 1;
    }

    /** Returns the samples themselves, client by client; not to be written to. */
    public int[] order() {
        return order;
    }

    /** Returns where a client's samples begin in {@link #order()}. */
    public int start(int client) {
        return bounds[client];
    }

    /** Returns one past where a client's samples end. */
    public int end(int client) {
        return bounds[client + 1];
    }

    /** Returns how many samples a client has, at least 1. */
    public int size(int client) {
        return end(client) - start(client);
    }
}
