package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.loss.Regularizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The loss of the clients.
 *
 * @param kind logistic, softmax, least-squares or perceptron; formula if the data is a formula; python in trials made
 *     in Python; coordinator in runs of real devices
 * @param regularizer none, l2 or nonconvex
 * @param lambda the regularizer's weight, at least 0
 * @param hidden the number of hidden units of the perceptron
 * @param metric the metric on held-out samples: auto, accuracy, balanced-accuracy, auc or f1; any name in trials made
 *     in Python
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
                "loss.lambda is 0: give the regularizer a weight above 0, or use regularizer none");
        Check.that(
                AUTO.equals(metric)
                        || QualityMetric.ofClasses().containsKey(metric)
                        || DataSettings.PYTHON.equals(kind),
                "loss.metric is '" + metric + "', expected one of " + AUTO + ", "
                        + String.join(", ", QualityMetric.ofClasses().keySet()));
        Check.that(
                AUTO.equals(metric) || !"least-squares".equals(kind),
                "loss.metric is " + metric + ", but loss.kind least-squares is measured by R²: leave out the metric");
        Check.that(hidden >= 1, "loss.hidden is " + hidden + ", expected at least 1");
    }

    /** Returns whether a kind has no smoothness constant to derive a step size from. */
    public static boolean isRough(String kind) {
        return "perceptron".equals(kind);
    }

    /** Returns whether labels are quantities to predict, not classes. */
    public boolean isRegression() {
        return "least-squares".equals(kind);
    }

    /**
     * Returns the metric of models on held-out samples.
     *
     * @param unbalanced whether always predicting the same class has a high accuracy
     * @param classes the number of classes
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

    /** Returns whether the models of a kind include biases. */
    static boolean hasBiases(String kind) {
        return "perceptron".equals(kind);
    }

    public Regularizer toRegularizer() {
        return new Regularizer(Regularizer.Kind.parse(regularizer), "none".equals(regularizer) ? 0 : lambda);
    }

    /** The {@link LossSettings} given by a user; defaults replace null. */
    public record Draft(
            @Nullable String kind,
            @Nullable String regularizer,
            @Nullable Double lambda,
            @Nullable Integer hidden,
            @Nullable String metric) {

        /** No settings. */
        public static final Draft EMPTY = new Draft(null, null, null, null, null);

        /** Returns only the settings by which models are judged. */
        Draft onlyMetric() {
            return new Draft(null, null, null, null, metric);
        }

        LossSettings complete(DataSettings data) {
            String kindOrDefault = or(
                    kind,
                    data.isFormula()
                            ? "formula"
                            : List.of("digits", "idx", "cifar10", "images").contains(data.source())
                                    ? "softmax"
                                    : "logistic");
            String of = or(regularizer, lambda == null || lambda == 0 ? "none" : "l2");
            return new LossSettings(
                    kindOrDefault,
                    of,
                    or(lambda, "none".equals(of) ? 0.0 : 0.1),
                    or(hidden, 32),
                    or(metric, LossSettings.AUTO));
        }
    }
}
