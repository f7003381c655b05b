package io.evenkeel.trial.sparse;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Samples with labels and optional groups. Immutable, unless a caller changes its arrays. */
public final class Labelled {

    private final SparseMatrix features;
    private final double[] labels;
    private final int @Nullable [] groups;

    /**
     * Takes ownership of the arrays.
     *
     * @param features one row for each sample
     * @param labels one finite label for each sample
     * @param groups one group for each sample, numbered from 0 without gaps, or null
     * @throws IllegalArgumentException if the lengths differ
     */
    public Labelled(SparseMatrix features, double[] labels, int @Nullable [] groups) {
        if (features.rows() != labels.length || (groups != null && groups.length != labels.length)) {
            throw new IllegalArgumentException(features.rows() + " rows, but " + labels.length + " labels and "
                    + (groups == null ? "no" : groups.length) + " groups");
        }
        this.features = features;
        this.labels = labels;
        this.groups = groups;
    }

    /** Returns the number of samples. */
    public int size() {
        return labels.length;
    }

    /** Returns the features, one row for each sample. */
    public SparseMatrix features() {
        return features;
    }

    public double label(int sample) {
        return labels[sample];
    }

    /** Returns the array of groups itself, or null if the data has none. */
    public int @Nullable [] groups() {
        return groups;
    }

    /** Returns the labels that occur, ascending. */
    public double[] distinctLabels() {
        return Arrays.stream(labels).sorted().distinct().toArray();
    }

    /** Returns copies of the samples with these numbers, in this order. */
    public Labelled select(int[] samples) {
        double[] chosen = new double[samples.length];
        int[] chosenGroups = groups == null ? null : new int[samples.length];
        for (int i = 0; i < samples.length; i++) {
            chosen[i] = labels[samples[i]];
            if (groups != null && chosenGroups != null) {
                chosenGroups[i] = groups[samples[i]];
            }
        }
        return new Labelled(features.select(samples), chosen, chosenGroups);
    }

    public Labelled withLabels(double[] others) {
        return new Labelled(features, others, groups);
    }

    /** Returns the same samples with other features, one row for each sample. */
    public Labelled withFeatures(SparseMatrix others) {
        return new Labelled(others, labels, groups);
    }

    /** Returns the same samples with a feature of ones added to each. */
    public Labelled withIntercept() {
        return new Labelled(features.withOnes(), labels, groups);
    }
}
