package io.evenkeel.client.internal.training;

import io.evenkeel.client.Gradient;
import io.evenkeel.client.GradientFunction;
import io.evenkeel.client.Model;
import io.evenkeel.client.SampledGradient;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.Staged;
import org.jspecify.annotations.Nullable;

/** The gradients of one round, computed where the run's error feedback needs them. Used once. */
final class RoundGradients {

    private final ErrorFeedback feedback;
    private final Model model;
    private final Model point;
    private final double[] x;
    private final double eta;
    private final Gradient gradient;
    private final @Nullable Gradient second;

    private RoundGradients(
            ErrorFeedback feedback,
            Model model,
            Model point,
            double[] x,
            double eta,
            Gradient gradient,
            @Nullable Gradient second) {
        this.feedback = feedback;
        this.model = model;
        this.point = point;
        this.x = x;
        this.eta = eta;
        this.gradient = gradient;
        this.second = second;
    }

    /**
     * Calls the gradient function, twice if the method needs two gradients.
     *
     * @param lastRound the round of the device's last accepted message
     * @param eta the round's momentum
     */
    static RoundGradients compute(
            ErrorFeedback feedback, GradientFunction function, Model model, int lastRound, double eta)
            throws Exception {
        if (!feedback.method().keepsModel()) {
            return new RoundGradients(feedback, model, model, new double[0], eta, function.compute(model), null);
        }
        double[] x = model.toDoubles();
        double[] at = feedback.point(x, eta);
        Model point = at == x ? model : model.withValues(model.round(), at);
        GradientFunction onSample =
                function instanceof SampledGradient<?> sampled ? sampled.on(model.round()) : function;
        // Copied from floats now, since the function may reuse their array for the second gradient.
        Gradient first = onSample.compute(point).withDoubles();
        double[] before = feedback.secondPoint();
        Gradient second = before == null || first.isSkip()
                ? null
                : onSample.compute(model.withValues(lastRound, before)).withDoubles();
        if (second != null && second.doubles() == first.doubles()) {
            throw new IllegalArgumentException(
                    "it returned the same double[] for both models of the round, expected a new array at each call");
        }
        return new RoundGradients(feedback, model, point, x, eta, first, second);
    }

    /** Returns whether the device skips the round. */
    boolean isSkip() {
        return gradient.isSkip() || (second != null && second.isSkip());
    }

    /** Returns the round's model. */
    Model model() {
        return model;
    }

    /** Returns the model at which the first gradient was computed. */
    Model point() {
        return point;
    }

    /**
     * Returns g_i, this device's part of the sum that the round's model was computed from; null if the sum
     * does not persist.
     */
    double @Nullable [] estimate() {
        return feedback.estimate();
    }

    /** Returns the first gradient, with the figures to report. */
    Gradient gradient() {
        return gradient;
    }

    /**
     * Computes the message. May overwrite the gradients.
     *
     * @param drawnFrom the seed of a random compressor
     * @throws IllegalArgumentException if a gradient is not finite or does not have the model's length
     */
    Staged stage(Compressor compressor, long drawnFrom) {
        float[] floats = gradient.floats();
        if (floats != null) {
            return feedback.stage(floats, eta, compressor, drawnFrom);
        }
        double[] other = second == null ? null : second.doubles();
        return feedback.stage(x, gradient.doubles(), other, eta, compressor, drawnFrom);
    }
}
