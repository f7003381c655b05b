package io.evenkeel.cli.demo;

import io.evenkeel.client.EvaluationFunction;
import io.evenkeel.client.Model;
import io.evenkeel.trial.data.Samples;
import io.evenkeel.trial.learn.Evaluation;
import io.evenkeel.trial.learn.Perceptron;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measures the newest model that a device has fetched, for the progress line. A separate download would be
 * counted in the downlink figures.
 */
final class LatestModel implements EvaluationFunction {

    private final Perceptron perceptron;
    private final Samples heldOut;
    private volatile @Nullable Model seen;
    private @Nullable Model measured;
    private double accuracy = Double.NaN;

    LatestModel(Perceptron perceptron, Samples heldOut) {
        this.perceptron = perceptron;
        this.heldOut = heldOut;
    }

    /** Remembers a model, on a device's thread; reports no metrics. */
    @Override
    public Map<String, Double> evaluate(Model model) {
        seen = model;
        return Map.of();
    }

    /**
     * Returns the newest model's accuracy on held-out samples, NaN if there is none yet. Must be called by
     * one thread only.
     */
    double accuracy() {
        Model newest = seen;
        if (newest != null && newest != measured) {
            Evaluation evaluation = perceptron.evaluate(newest.toDoubles(), heldOut);
            accuracy = evaluation.accuracy();
            measured = newest;
        }
        return accuracy;
    }
}
