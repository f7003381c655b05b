package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.Compressor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * EF21 on a running mean of stochastic gradients: {@code m <- (1 - eta) m + eta gradient}, {@code Delta = C(m - g)},
 * {@code g <- g + Delta} (arXiv 2410.16871, Algorithm 2, the clients' lines). The first m is the first gradient.
 *
 * <p>Only a commit advances m and g. So a refused message changes nothing, and a run depends on its accepted
 * messages only.
 */
public final class Ef21Momentum implements ErrorFeedback {

    private final double[] g;
    private double @Nullable [] m;

    Ef21Momentum(double[] g, double @Nullable [] m) {
        this.g = g;
        this.m = m;
    }

    @Override
    public FeedbackMethod method() {
        return FeedbackMethod.EF21_MOMENTUM;
    }

    @Override
    public Staged stage(double[] gradient, double eta, Compressor compressor, long seed) {
        GradientChecks.require(gradient, g.length);
        GradientChecks.requireEta(eta);
        double[] previous = m;
        if (previous != null) {
            for (int j = 0; j < gradient.length; j++) {
                gradient[j] = (1 - eta) * previous[j] + eta * gradient[j];
            }
        }
        return new Staged(compressor.compress(gradient, g, seed), List.of(gradient));
    }

    @Override
    public Staged stage(float[] gradient, double eta, Compressor compressor, long seed) {
        GradientChecks.require(gradient, g.length);
        GradientChecks.requireEta(eta);
        double[] previous = m;
        double[] next = new double[gradient.length];
        for (int j = 0; j < gradient.length; j++) {
            next[j] = previous == null ? gradient[j] : (1 - eta) * previous[j] + eta * gradient[j];
        }
        return new Staged(compressor.compress(next, g, seed), List.of(next));
    }

    @Override
    public void commit(Staged staged) {
        m = Staged.copied(staged.carry(method(), 1).get(0), m);
        staged.delta().addTo(g, 1);
    }

    @Override
    public List<double[]> vectors() {
        return m == null ? List.of(g) : List.of(g, m);
    }
}
