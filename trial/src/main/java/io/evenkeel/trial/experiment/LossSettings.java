package io.evenkeel.trial.experiment;

import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.loss.Regularizer;
import java.util.List;

/**
 * The loss of the clients.
 *
 * @param kind logistic, softmax, least-squares or perceptron; where the data is a formula: formula; in trials that evenkeel.trial
 *     made in Python: python; in runs of real devices: coordinator
 * @param regularizer none, l2 or nonconvex
 * @param lambda the regularizer's weight, at least 0
 * @param hidden hidden units of the perceptron
 * @param metric what is measured on held-out samples: auto, accuracy, balanced-accuracy, auc or f1; of trials made in Python, its name
 */
public record LossSettings(String kind, String regularizer, double lambda, int hidden, String metric) {

    /** Chooses the metric by the loss and the classes. */
    static final String AUTO = "auto";

    private static final List<String> KINDS = List.of(
            "logistic",
            "softmax",
            "least-squares",
            "perceptron",
            "formula",
            DataSettings.PYTHON,
            DataSettings.COORDINATOR);

    public LossSettings {
        Check.that(KINDS.contains(kind), "loss.kind is '" + kind + "', expected one of " + String.join(", ", KINDS));
        Regularizer.Kind.parse(regularizer);
        Check.atLeast("loss.lambda", lambda, 0);
        Check.that(
                lambda > 0 || "none".equals(regularizer),
                "loss.lambda is 0: give the regularizer a weight above 0, or take regularizer none");
        Check.that(
                AUTO.equals(metric)
                        || QualityMetric.ofClasses().containsKey(metric)
                        || DataSettings.PYTHON.equals(kind),
                "loss.metric is '" + metric + "', expected one of " + AUTO + ", "
                        + String.join(", ", QualityMetric.ofClasses().keySet()));
        Check.that(
                AUTO.equals(metric) || !"least-squares".equals(kind),
                "loss.metric is " + metric + ", and loss.kind least-squares is measured by R²: leave out the metric");
        Check.that(hidden >= 1, "loss.hidden is " + hidden + ", expected at least 1");
    }

    /** Returns whether a kind has no smoothness constant from which a step size could follow. */
    public static boolean isRough(String kind) {
        return "perceptron".equals(kind);
    }

    /** Returns whether labels are quantities to be predicted, and not classes. */
    public boolean isRegression() {
        return "least-squares".equals(kind);
    }

    /**
     * Returns the metric of models on held-out samples.
     *
     * @param unbalanced whether predicting one class always has a high accuracy
     * @param classes how many classes there are
     */
    public QualityMetric metricOf(boolean unbalanced, int classes) {
        if (isRegression()) {
            return QualityMetric.R2;
        }
        QualityMetric named = QualityMetric.ofClasses().get(metric);
        if (named != null) {
            return named;
        }
        return !unbalanced
                ? QualityMetric.ACCURACY
                : classes == 2 ? QualityMetric.AUC : QualityMetric.BALANCED_ACCURACY;
    }

    /** Returns whether the models of a kind have biases of their own. */
    static boolean hasBiases(String kind) {
        return "perceptron".equals(kind);
    }

    /** Returns the regularizer. */
    public Regularizer toRegularizer() {
        return new Regularizer(Regularizer.Kind.parse(regularizer), "none".equals(regularizer) ? 0 : lambda);
    }
}
