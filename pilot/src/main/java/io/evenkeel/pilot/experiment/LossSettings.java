package io.evenkeel.pilot.experiment;

import io.evenkeel.pilot.loss.Regularizer;
import java.util.List;

/**
 * What the clients minimise.
 *
 * @param kind logistic, softmax or perceptron; where the data is a formula: formula
 * @param regularizer none, l2 or nonconvex
 * @param lambda the regularizer's weight, at least 0
 * @param hidden hidden units of the perceptron
 */
public record LossSettings(String kind, String regularizer, double lambda, int hidden) {

    private static final List<String> KINDS = List.of("logistic", "softmax", "perceptron", "formula");

    public LossSettings {
        Check.oneOf("loss.kind", kind, KINDS);
        Regularizer.Kind.parse(regularizer);
        Check.atLeast("loss.lambda", lambda, 0);
        Check.that(
                lambda > 0 || "none".equals(regularizer),
                "loss.lambda is 0: give the regularizer a weight above 0, or take regularizer none");
        Check.that(hidden >= 1, "loss.hidden is " + hidden + ", expected at least 1");
    }

    /** Returns the regularizer. */
    public Regularizer toRegularizer() {
        return new Regularizer(Regularizer.Kind.parse(regularizer), "none".equals(regularizer) ? 0 : lambda);
    }
}
