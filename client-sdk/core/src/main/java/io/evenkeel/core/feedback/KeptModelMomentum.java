package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.Compressor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * EF21 on an estimate v of the gradient that follows the model: {@code Delta = C(v - g)},
 * {@code g <- g + Delta} (Sadiev et al., arXiv 2511.14501). A subclass computes v from the models and the new
 * gradients. The first v is the first gradient.
 *
 * <p>x is the model of the last accepted message. Only a commit advances v, g and x, so a device that missed rounds, or
 * whose message was refused, uses the model of its last accepted message.
 */
abstract sealed class KeptModelMomentum implements ErrorFeedback permits Ef21Igt, Ef21Storm {

    private final double[] g;
    private double @Nullable [] v;
    private double @Nullable [] x;

    KeptModelMomentum(double[] g, double @Nullable [] v, double @Nullable [] x) {
        this.g = g;
        this.v = v;
        this.x = x;
    }

    /** Returns the model of the last accepted message, or null before the first. */
    final double @Nullable [] lastModel() {
        return x;
    }

    /** Overwrites the gradient with the next v. */
    abstract void estimate(double[] v, double[] gradient, double @Nullable [] second, double eta);

    @Override
    public final Staged stage(
            double[] model,
            double[] gradient,
            double @Nullable [] second,
            double eta,
            Compressor compressor,
            long seed) {
        GradientChecks.require(model, g.length, "model");
        GradientChecks.require(gradient, g.length);
        GradientChecks.requireEta(eta);
        if ((second != null) != (secondPoint() != null)) {
            throw new IllegalArgumentException(
                    (second == null ? "the second gradient is missing" : "there is a second gradient")
                            + ", expected one exactly where secondPoint() returns a model");
        }
        if (second != null) {
            GradientChecks.require(second, g.length, "second gradient");
        }
        if (v != null) {
            estimate(v, gradient, second, eta);
        }
        return new Staged(compressor.compress(gradient, g, seed), List.of(gradient, model));
    }

    @Override
    public final Staged stage(double[] gradient, double eta, Compressor compressor, long seed) {
        throw withoutModel();
    }

    @Override
    public final Staged stage(float[] gradient, double eta, Compressor compressor, long seed) {
        throw withoutModel();
    }

    private IllegalStateException withoutModel() {
        return new IllegalStateException(
                method().text() + " computes a message from the model and the gradient: give both");
    }

    @Override
    public final void commit(Staged staged) {
        List<double[]> carry = staged.carry(method(), 2);
        v = Staged.copied(carry.get(0), v);
        x = carry.get(1);
        staged.delta().addTo(g, 1);
    }

    @Override
    public final List<double[]> vectors() {
        return v == null || x == null ? List.of(g) : List.of(g, v, x);
    }
}
