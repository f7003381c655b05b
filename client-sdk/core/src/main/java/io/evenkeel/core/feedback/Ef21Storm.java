package io.evenkeel.core.feedback;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * EF21 on STORM: {@code v <- gradient + (1 - eta) (v - second)}, where {@code gradient} is at the new model
 * and {@code second} at x, both on the same sample (Sadiev et al., arXiv 2511.14501; Cutkosky, Orabona,
 * "Momentum-based variance reduction in non-convex SGD", NeurIPS 2019).
 *
 * <p>With full gradients v is the exact gradient.
 */
public final class Ef21Storm extends KeptModelMomentum {

    Ef21Storm(double[] g, double @Nullable [] v, double @Nullable [] x) {
        super(g, v, x);
    }

    @Override
    public FeedbackMethod method() {
        return FeedbackMethod.EF21_STORM;
    }

    @Override
    public double @Nullable [] secondPoint() {
        return lastModel();
    }

    @Override
    void estimate(double[] v, double[] gradient, double @Nullable [] second, double eta) {
        double[] before = Objects.requireNonNull(second);
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] += (1 - eta) * (v[j] - before[j]);
        }
    }
}
