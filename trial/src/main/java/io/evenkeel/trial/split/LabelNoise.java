package io.evenkeel.trial.split;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.sparse.Labelled;
import java.util.Arrays;

/** Flips labels, to measure a method's tolerance of noise. */
public final class LabelNoise {

    private LabelNoise() {}

    /**
     * Gives a share of the samples another label; all other labels are equally likely.
     *
     * @param share in [0, 1); the number of samples is rounded to the nearest integer
     * @throws IllegalArgumentException if the share is out of range, or there is only one label
     */
    public static Labelled flip(Labelled data, double share, long seed) {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("label noise is " + share + ", expected a share from 0 to below 1");
        }
        if (share == 0) {
            return data;
        }
        double[] distinct = data.distinctLabels();
        if (distinct.length < 2) {
            throw new IllegalArgumentException("all labels are the same: there is no other to flip them to");
        }
        SplitMix64 random = new SplitMix64(seed);
        int[] order = Division.shuffled(data.size(), random);
        double[] labels = new double[data.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = data.label(i);
        }
        long flipped = Math.round(share * labels.length);
        for (int n = 0; n < flipped; n++) {
            int i = order[n];
            int old = Arrays.binarySearch(distinct, labels[i]);
            labels[i] = distinct[(old + 1 + random.next(distinct.length - 1)) % distinct.length];
        }
        return data.withLabels(labels);
    }
}
