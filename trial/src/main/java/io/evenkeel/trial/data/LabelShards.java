package io.evenkeel.trial.data;

import io.evenkeel.core.vector.SplitMix64;
import java.util.Arrays;

/**
 * A label-skewed division: samples sorted by label are cut into equal shards, and each device gets a few random shards,
 * so it sees few classes, and hardly any two devices see the same ones.
 *
 * <p>McMahan, Moore, Ramage, Hampson, Agüera y Arcas: "Communication-Efficient Learning of Deep Networks from
 * Decentralized Data", AISTATS 2017, section 3, which calls it the "pathological non-IID partition".
 */
public final class LabelShards {

    private LabelShards() {}

    /**
     * Divides the samples; each goes to exactly one device, and the devices' counts differ by at most {@code
     * shardsEach}.
     *
     * @param devices at least 1
     * @param shardsEach the number of shards per device, at least 1: about the number of its classes
     * @param seed determines the samples in each shard, and the shards of each device
     * @return for each device the indices of its samples, never empty
     * @throws IllegalArgumentException if there are fewer samples than shards
     */
    public static int[][] divide(Samples samples, int devices, int shardsEach, long seed) {
        long wanted = (long) devices * shardsEach;
        if (devices < 1 || shardsEach < 1 || wanted > samples.size()) {
            throw new IllegalArgumentException(devices + " devices x " + shardsEach + " shards cannot be cut from "
                    + samples.size() + " samples: use 1 to " + samples.size() / Math.max(1, shardsEach) + " devices");
        }
        int shards = (int) wanted;
        SplitMix64 random = new SplitMix64(seed);
        int[] sorted = sortedByLabel(samples, random);
        int[] dealt = Shuffle.permutation(shards, random);
        int[][] shares = new int[devices][];
        for (int device = 0; device < devices; device++) {
            int[] share = new int[0];
            for (int s = device * shardsEach; s < (device + 1) * shardsEach; s++) {
                share = concat(
                        share,
                        Arrays.copyOfRange(sorted, cut(sorted, dealt[s], shards), cut(sorted, dealt[s] + 1, shards)));
            }
            shares[device] = share;
        }
        return shares;
    }

    private static int cut(int[] sorted, int shard, int shards) {
        return (int) ((long) sorted.length * shard / shards);
    }

    private static int[] sortedByLabel(Samples samples, SplitMix64 random) {
        int[] shuffled = Shuffle.permutation(samples.size(), random);
        int[] sorted = new int[shuffled.length];
        int end = 0;
        for (int label = 0; label < samples.classes(); label++) {
            for (int i : shuffled) {
                if (samples.label(i) == label) {
                    sorted[end++] = i;
                }
            }
        }
        return sorted;
    }

    private static int[] concat(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
