package io.evenkeel.trial.prepare;

import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.split.Shards;

/**
 * Labels of a regression in units of their own spread: mean 0 and variance 1 over the training samples of all clients.
 *
 * @param mean of the training labels
 * @param deviation their standard deviation; 1 where all are the same
 */
public record LabelScale(double mean, double deviation) {

    /** Measures the labels of the shards' samples. */
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

    /** Returns the samples with their labels in these units. */
    public Labelled apply(Labelled data) {
        double[] labels = new double[data.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (data.label(i) - mean) / deviation;
        }
        return data.withLabels(labels);
    }
}
