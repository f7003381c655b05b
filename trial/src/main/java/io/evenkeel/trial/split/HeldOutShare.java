package io.evenkeel.trial.split;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.sparse.Labelled;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Draws held-out samples from a seed: the same share of each client's samples. Each client keeps at least one
 * sample.
 */
public final class HeldOutShare {

    private final Shards train;
    private final int[] heldOut;

    private HeldOutShare(Shards train, int[] heldOut) {
        this.train = train;
        this.heldOut = heldOut;
    }

    /** Returns the samples that remain with their clients. */
    public Shards train() {
        return train;
    }

    /** Returns the held-out samples, ascending; empty if clients have too few samples. */
    public int[] heldOut() {
        return heldOut;
    }

    /**
     * Draws the samples. Shares are rounded so that they add up over the clients.
     *
     * @param share in (0, 1)
     * @param keepClasses whether the last training sample of a label remains, so that no class occurs only in the
     *     held-out samples
     */
    public static HeldOutShare draw(Labelled data, Shards shards, double share, boolean keepClasses, long seed) {
        Map<Double, Integer> left = new HashMap<>();
        if (keepClasses) {
            for (int sample : shards.order()) {
                left.merge(data.label(sample), 1, Integer::sum);
            }
        }
        int[] train = new int[shards.order().length];
        int[] ends = new int[shards.clients() + 1];
        int[] out = new int[train.length];
        int held = 0;
        for (int client = 0; client < shards.clients(); client++) {
            int wanted = (int) Math.min(
                    shards.size(client) - 1.0,
                    Math.floor(share * shards.end(client)) - Math.floor(share * shards.start(client)));
            int[] own = Arrays.copyOfRange(shards.order(), shards.start(client), shards.end(client));
            boolean[] taken = take(own, wanted, data, left, SplitMix64.derive(seed, client));
            ends[client + 1] = ends[client];
            for (int i = 0; i < own.length; i++) {
                if (taken[i]) {
                    out[held++] = own[i];
                } else {
                    train[ends[client + 1]++] = own[i];
                }
            }
        }
        int[] heldOut = Arrays.copyOf(out, held);
        Arrays.sort(heldOut);
        return new HeldOutShare(new Shards(Arrays.copyOf(train, ends[shards.clients()]), ends), heldOut);
    }

    /** Marks the given number of a client's samples at random, except for the last one of a label that must remain. */
    private static boolean[] take(int[] own, int wanted, Labelled data, Map<Double, Integer> left, long seed) {
        boolean[] taken = new boolean[own.length];
        int count = 0;
        for (int i : Division.shuffled(own.length, new SplitMix64(seed))) {
            if (count >= wanted) {
                break;
            }
            Double label = data.label(own[i]);
            int others = left.getOrDefault(label, Integer.MAX_VALUE);
            if (others > 1) {
                left.computeIfPresent(label, (l, samples) -> samples - 1);
                taken[i] = true;
                count++;
            }
        }
        return taken;
    }
}
