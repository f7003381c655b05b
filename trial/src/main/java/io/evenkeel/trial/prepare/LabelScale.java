package io.evenkeel.trial.prepare;

import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.split.Shards;

/**
 * Standardizes the labels of a regression: mean 0 and variance 1 over the training samples of all clients.
 *
 * @param mean the mean of the training labels
 * @param deviation their standard deviation; 1 if all are equal
 */
public record LabelScale(double mean, double deviation) {

    /** Computes the scale from the labels of the shards' samples. */
    public static LabelScale fit(Labelled data, Shards training) {
        double sum = 0;
        for (int sample : training.order()) {
            sum += data.label(sample);
        }
        double mean = sum / training.order().length;
        double squares = 0;
        for (int sample : training.order()) {
            double deviation = data.label(sample) - mean;
            squares += deviation * deviation;
        }
        double deviation = Math.sqrt(squares / training.order().length);
        return new LabelScale(mean, deviation > 0 ? deviation : 1);
    }

    /** Returns the samples with standardized labels. */
    public Labelled apply(Labelled data) {
        double[] labels = new double[data.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (data.label(i) - mean) / deviation;
        }
        return data.withLabels(labels);
    }
}
