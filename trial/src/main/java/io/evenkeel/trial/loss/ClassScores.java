package io.evenkeel.trial.loss;

import io.evenkeel.trial.sparse.Labelled;
import java.util.Arrays;

/** Collects a model's predictions for held-out samples, and computes classification metrics. Not thread-safe. */
final class ClassScores {

    private final QualityMetric metric;
    private final int classes;
    private final int[] truth;
    private final int[] predicted;
    private final double[] margins;

    /**
     * @param labels the distinct labels in ascending order; a label's index is its class
     */
    ClassScores(Labelled data, double[] labels, QualityMetric metric) {
        this.metric = metric;
        this.classes = labels.length;
        this.truth = new int[data.size()];
        Arrays.setAll(truth, i -> Arrays.binarySearch(labels, data.label(i)));
        this.predicted = new int[truth.length];
        this.margins = new double[truth.length];
    }

    /**
     * Sets a sample's prediction.
     *
     * @param margin with two classes, the output of the second minus that of the first
     */
    void set(int sample, int predictedClass, double margin) {
        predicted[sample] = predictedClass;
        margins[sample] = margin;
    }

    /** Sets a sample's prediction from the outputs for all classes; a tie goes to the lower class. */
    void set(int sample, double[] outputs) {
        int best = 0;
        for (int c = 1; c < classes; c++) {
            best = outputs[c] > outputs[best] ? c : best;
        }
        set(sample, best, outputs[1] - outputs[0]);
    }

    /** Returns the metric; NaN if it is undefined for the samples, such as an AUC of a single class. */
    double value() {
        if (metric.equals(QualityMetric.AUC)) {
            return areaUnderCurve();
        }
        if (metric.equals(QualityMetric.ACCURACY)) {
            int right = 0;
            for (int i = 0; i < truth.length; i++) {
                right += predicted[i] == truth[i] ? 1 : 0;
            }
            return (double) right / truth.length;
        }
        return meanOverClasses();
    }

    /** Counts the pairs of samples of both classes that are in the right order; a tie counts as half a pair. */
    private double areaUnderCurve() {
        if (classes != 2) {
            throw new IllegalArgumentException(
                    "metric auc is for two classes, but there are " + classes + ": use balanced-accuracy or f1");
        }
        double[] negative = sorted(0);
        double[] positive = sorted(1);
        double pairs = 0;
        int below = 0;
        int upTo = 0;
        for (double margin : positive) {
            while (below < negative.length && negative[below] < margin) {
                below++;
            }
            upTo = Math.max(upTo, below);
            while (upTo < negative.length && negative[upTo] <= margin) {
                upTo++;
            }
            pairs += below + 0.5 * (upTo - below);
        }
        return pairs / ((double) negative.length * positive.length);
    }

    private double[] sorted(int ofClass) {
        double[] chosen = new double[truth.length];
        int n = 0;
        for (int i = 0; i < truth.length; i++) {
            if (truth[i] == ofClass) {
                // Treats zeros of both signs as equal.
                chosen[n++] = margins[i] + 0.0;
            }
        }
        double[] sorted = Arrays.copyOf(chosen, n);
        Arrays.sort(sorted);
        return sorted;
    }

    /**
     * Returns the mean recall of the classes that occur, or F1: that of the second of two classes, else the mean over
     * the classes that occur.
     */
    private double meanOverClasses() {
        int[] right = new int[classes];
        int[] actual = new int[classes];
        int[] claimed = new int[classes];
        for (int i = 0; i < truth.length; i++) {
            right[truth[i]] += predicted[i] == truth[i] ? 1 : 0;
            actual[truth[i]]++;
            claimed[predicted[i]]++;
        }
        boolean f1 = metric.equals(QualityMetric.F1);
        double sum = 0;
        int counted = 0;
        for (int c = f1 && classes == 2 ? 1 : 0; c < classes; c++) {
            if (actual[c] > 0) {
                sum += f1 ? 2.0 * right[c] / (actual[c] + claimed[c]) : (double) right[c] / actual[c];
                counted++;
            }
        }
        return sum / counted;
    }
}
