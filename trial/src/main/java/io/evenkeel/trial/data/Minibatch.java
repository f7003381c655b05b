package io.evenkeel.trial.data;

import io.evenkeel.core.vector.SplitMix64;

/** Draws minibatches from a device's share, each decided by (seed, round) alone, so that a restarted device draws the same. */
public final class Minibatch {

    private final int[] pool;
    private final int[] batch;
    private final long seed;

    /**
     * @param population samples there are to draw from, at least 1
     * @param size samples a batch; 0, or not below the population, for all of them each time
     * @param seed the device's own
     */
    public Minibatch(int population, int size, long seed) {
        if (population < 1 || size < 0) {
            throw new IllegalArgumentException("cannot draw batches of " + size + " from " + population
                    + " samples: there is at least one sample, and a batch has 0 (all) or more");
        }
        this.pool = new int[population];
        this.batch = new int[size == 0 ? population : Math.min(size, population)];
        this.seed = seed;
    }

    /**
     * Returns the indices of a round's samples, drawn without replacement.
     *
     * @return an array that the next call overwrites
     */
    public int[] draw(int round) {
        for (int i = 0; i < pool.length; i++) {
            pool[i] = i;
        }
        boolean all = batch.length == pool.length;
        SplitMix64 random = new SplitMix64(SplitMix64.derive(seed, round));
        for (int i = 0; i < batch.length; i++) {
            int j = all ? i : i + random.next(pool.length - i);
            batch[i] = pool[j];
            pool[j] = pool[i];
        }
        return batch;
    }
}
