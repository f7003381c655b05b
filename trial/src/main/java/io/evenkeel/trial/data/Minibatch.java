package io.evenkeel.trial.data;

import io.evenkeel.core.vector.SplitMix64;

/**
 * Draws minibatches from a device's samples. A draw depends only on (seed, round), so a restarted device
 * draws the same minibatches.
 */
public final class Minibatch {

    private final int[] pool;
    private final int[] batch;
    private final long seed;

    /**
     * @param population the number of samples to draw from, at least 1
     * @param size the number of samples in a batch; 0, or a size of at least the population, always gives all samples
     * @param seed the device's own seed
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
