package io.evenkeel.trial.loss;

import io.evenkeel.trial.data.Samples;
import io.evenkeel.trial.learn.Perceptron;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrix;

/** Measures models of each kind on held-out samples. The returned objects are not thread-safe. */
public final class HeldOut {

    private HeldOut() {}

    /** Logistic regression: the larger of two labels is the positive one, and a zero output counts as positive. */
    public static Quality logistic(Labelled data, double[] labels, QualityMetric metric) {
        ClassScores scores = new ClassScores(data, labels, metric);
        return x -> {
            for (int i = 0; i < data.size(); i++) {
                double margin = data.features().dot(i, x);
                scores.set(i, margin >= 0 ? 1 : 0, margin);
            }
            return scores.value();
        };
    }

    /** Softmax regression: a tie goes to the lower class. */
    public static Quality softmax(Labelled data, double[] labels, QualityMetric metric) {
        SparseMatrix rows = data.features();
        double[] outputs = new double[labels.length];
        ClassScores scores = new ClassScores(data, labels, metric);
        return x -> {
            for (int i = 0; i < data.size(); i++) {
                SoftmaxLoss.outputs(rows, i, x, outputs);
                scores.set(i, outputs);
            }
            return scores.value();
        };
    }

    /**
     * R2 of linear regression: 1 minus the ratio of its squared errors to those of the samples' mean. If all labels are
     * equal, it is 1 without errors, else 0.
     */
    public static Quality leastSquares(Labelled data) {
        double sum = 0;
        for (int i = 0; i < data.size(); i++) {
            sum += data.label(i);
        }
        double mean = sum / data.size();
        double ofMean = 0;
        for (int i = 0; i < data.size(); i++) {
            ofMean += (data.label(i) - mean) * (data.label(i) - mean);
        }
        double spread = ofMean;
        return x -> {
            double errors = 0;
            for (int i = 0; i < data.size(); i++) {
                double error = data.features().dot(i, x) - data.label(i);
                errors += error * error;
            }
            return spread > 0 ? 1 - errors / spread : errors == 0 ? 1 : 0;
        };
    }

    /** Perceptron: a tie goes to the lower class. */
    public static Quality perceptron(Labelled data, double[] labels, int hidden, QualityMetric metric) {
        Samples samples = PerceptronLoss.dense(data, labels);
        Perceptron perceptron = new Perceptron(samples.width(), hidden, samples.classes());
        ClassScores scores = new ClassScores(data, labels, metric);
        return x -> {
            for (int i = 0; i < samples.size(); i++) {
                scores.set(i, perceptron.outputs(x, samples, i));
            }
            return scores.value();
        };
    }
}
