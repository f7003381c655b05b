package io.evenkeel.trial.split;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.sparse.Labelled;
import java.util.Arrays;

/**
 * Divides samples among clients. A seed determines all random choices. Each sample goes to exactly one
 * client, and each client gets at least one.
 */
public final class Division {

    private static final int DIRICHLET_ATTEMPTS = 100;

    private Division() {}

    /** Divides the samples into equal shards in the order of the data; the last client gets the remainder. */
    public static Shards contiguous(int samples, int clients) {
        requireEnough(samples, clients);
        int[] order = new int[samples];
        Arrays.setAll(order, i -> i);
        return new Shards(order, equalEnds(samples, clients));
    }

    /** Shuffles the samples, then divides them as {@link #contiguous} does. */
    public static Shards iid(int samples, int clients, long seed) {
        requireEnough(samples, clients);
        int[] order = shuffled(samples, new SplitMix64(seed));
        return new Shards(order, equalEnds(samples, clients));
    }

    /**
     * Divides the samples of each class in proportions drawn from a Dirichlet distribution, so that labels
     * are skewed (Hsu, Qi, Brown, "Measuring the effects of non-identical data distribution", 2019). Repeats
     * the draw, up to 100 times, while a client has no samples.
     *
     * @param alpha above 0; smaller values give more skewed labels
     * @throws IllegalArgumentException if a client still has no samples
     */
    public static Shards dirichlet(Labelled data, int clients, double alpha, long seed) {
        requireEnough(data.size(), clients);
        if (!(alpha > 0) || Double.isInfinite(alpha)) {
            throw new IllegalArgumentException("Dirichlet alpha is " + alpha + ", expected a finite number above 0");
        }
        int[] owner = new int[data.size()];
        for (int attempt = 0; attempt < DIRICHLET_ATTEMPTS; attempt++) {
            deal(data, clients, alpha, SplitMix64.derive(seed, attempt), owner);
            if (Arrays.stream(owner).distinct().count() == clients) {
                return byOwner(owner, clients);
            }
        }
        throw new IllegalArgumentException("a Dirichlet split with alpha " + alpha + " over " + clients
                + " clients left some without samples in each of " + DIRICHLET_ATTEMPTS
                + " draws: use a larger alpha or fewer clients");
    }

    /**
     * Divides the samples by the groups of the data: one client for each group.
     *
     * @throws IllegalArgumentException if the data has none
     */
    public static Shards byGroup(Labelled data) {
        int[] groups = data.groups();
        if (groups == null) {
            throw new IllegalArgumentException(
                    "the data does not name the client of each sample: name the column to split by, or use another split");
        }
        return byOwner(groups, Arrays.stream(groups).max().orElse(-1) + 1);
    }

    private static void deal(Labelled data, int clients, double alpha, long seed, int[] owner) {
        double[] labels = data.distinctLabels();
        int[] order = shuffled(data.size(), new SplitMix64(SplitMix64.derive(seed, 0)));
        for (int c = 0; c < labels.length; c++) {
            double label = labels[c];
            int[] members =
                    Arrays.stream(order).filter(i -> data.label(i) == label).toArray();
            double[] share = GammaNumbers.dirichlet(clients, alpha, SplitMix64.derive(seed, c + 1L));
            double sum = 0;
            int from = 0;
            for (int client = 0; client < clients; client++) {
                sum += share[client];
                int to = client == clients - 1
                        ? members.length
                        : Math.max(from, (int) Math.min(members.length, Math.round(sum * members.length)));
                for (int m = from; m < to; m++) {
                    owner[members[m]] = client;
                }
                from = to;
            }
        }
    }

    private static Shards byOwner(int[] owner, int clients) {
        int[] ends = new int[clients + 1];
        for (int client : owner) {
            ends[client + 1]++;
        }
        for (int client = 0; client < clients; client++) {
            ends[client + 1] += ends[client];
        }
        int[] next = ends.clone();
        int[] order = new int[owner.length];
        for (int i = 0; i < owner.length; i++) {
            order[next[owner[i]]++] = i;
        }
        return new Shards(order, ends);
    }

    private static int[] equalEnds(int samples, int clients) {
        int[] ends = new int[clients + 1];
        for (int client = 1; client < clients; client++) {
            ends[client] = client * (samples / clients);
        }
        ends[clients] = samples;
        return ends;
    }

    static int[] shuffled(int size, SplitMix64 random) {
        int[] order = new int[size];
        Arrays.setAll(order, i -> i);
        for (int i = size - 1; i > 0; i--) {
            int j = random.next(i + 1);
            int held = order[i];
            order[i] = order[j];
            order[j] = held;
        }
        return order;
    }

    private static void requireEnough(int samples, int clients) {
        if (clients < 1 || clients > samples) {
            throw new IllegalArgumentException(samples + " samples cannot be divided among " + clients
                    + " clients with at least one each: take 1 to " + samples + " clients");
        }
    }
}
