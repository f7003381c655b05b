package io.evenkeel.trial.split;

/** The samples of each client. Immutable, unless a caller changes its arrays. */
public final class Shards {

    private final int[] order;
    private final int[] bounds;

    /**
     * @param order the samples, client by client
     * @param bounds the index of each client's first sample, and the end of
     *     the last client; one value more than clients
     * @throws IllegalArgumentException if a client has no samples
     */
    Shards(int[] order, int[] bounds) {
        this.order = order;
        this.bounds = bounds;
        for (int client = 0; client + 1 < bounds.length; client++) {
            if (bounds[client] >= bounds[client + 1]) {
                throw new IllegalArgumentException("client " + client + " of " + (bounds.length - 1)
                        + " has no samples: use fewer clients or another split");
            }
        }
    }

    public int clients() {
        return bounds.length - 1;
    }

    /** Returns the array of samples, client by client; must not be changed. */
    public int[] order() {
        return order;
    }

    /** Returns the index of a client's first sample in {@link #order()}. */
    public int start(int client) {
        return bounds[client];
    }

    /** Returns one past the index of a client's last sample. */
    public int end(int client) {
        return bounds[client + 1];
    }

    /** Returns the number of a client's samples, at least 1. */
    public int size(int client) {
        return end(client) - start(client);
    }
}
