package io.evenkeel.core.feedback;

import org.jspecify.annotations.Nullable;

/**
 * EF21 on implicit gradient transport: {@code v <- (1 - eta) v + eta gradient}, with one gradient at the
 * extrapolated point {@code model + ((1 - eta)/eta) (model - x)} (Sadiev et al., arXiv 2511.14501; Arnold et
 * al., "Reducing the variance in online optimization by transporting past gradients", NeurIPS 2019).
 *
 * <p>On a quadratic the extrapolation moves the old gradients in v to the new model exactly, so v has no bias.
 */
public final class Ef21Igt extends KeptModelMomentum {

    Ef21Igt(double[] g, double @Nullable [] v, double @Nullable [] x) {
        super(g, v, x);
    }

    @Override
    public FeedbackMethod method() {
        return FeedbackMethod.EF21_IGT;
    }

    @Override
    public double[] point(double[] model, double eta) {
        double[] last = lastModel();
        GradientChecks.requireEta(eta);
        if (last == null) {
            return model;
        }
        GradientChecks.requireLength(model.length, last.length, "model");
        double factor = (1 - eta) / eta;
        double[] point = new double[model.length];
        for (int j = 0; j < point.length; j++) {
            point[j] = model[j] + factor * (model[j] - last[j]);
        }
        return point;
    }

    @Override
    void estimate(double[] v, double[] gradient, double @Nullable [] second, double eta) {
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] = (1 - eta) * v[j] + eta * gradient[j];
        }
    }
}
