package io.evenkeel.trial.data;

/**
 * Dense, row-major samples with class labels. For speed, the arrays are not copied. Immutable as long as callers do not
 * write to them; safe to share between threads.
 */
public final class Samples {

    private final double[] features;
    private final int[] labels;
    private final int width;
    private final int classes;

    /**
     * Takes ownership of both arrays.
     *
     * @param features the features; those of sample i start at index {@code i * width}
     * @param labels each at least 0 and below {@code classes}
     * @param width the number of features of a sample, at least 1
     * @throws IllegalArgumentException if the lengths do not fit or a label is out of range
     */
    public Samples(double[] features, int[] labels, int width, int classes) {
        if (features.length != (long) labels.length * width) {
            throw new IllegalArgumentException(
                    "there are " + features.length + " features, expected " + labels.length + " samples x " + width);
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        "sample " + i + " has label " + labels[i] + ", expected 0 to " + (classes - 1));
            }
        }
        this.features = features;
        this.labels = labels;
        this.width = width;
        this.classes = classes;
    }

    public int size() {
        return labels.length;
    }

    /** Returns the number of features of a sample. */
    public int width() {
        return width;
    }

    public int classes() {
        return classes;
    }

    /**
     * Returns the array of features; those of sample i start at {@code i * width()}. Must not be changed.
     */
    public double[] features() {
        return features;
    }

    /** Returns the class of sample i. */
    public int label(int i) {
        return labels[i];
    }

    /** Returns the number of samples in each class. */
    public int[] histogram() {
        int[] counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    /** Returns copies of the samples with these indices, in this order. */
    public Samples subset(int[] indices) {
        double[] chosen = new double[indices.length * width];
        int[] chosenLabels = new int[indices.length];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(features, indices[i] * width, chosen, i * width, width);
            chosenLabels[i] = labels[indices[i]];
        }
        return new Samples(chosen, chosenLabels, width, classes);
    }
}
