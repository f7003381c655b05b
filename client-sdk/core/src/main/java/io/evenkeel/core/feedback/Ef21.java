package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.Compressor;
import java.util.List;

/**
 * EF21: send {@code Delta = C(gradient - g)}, then {@code g <- g + Delta} (arXiv 2410.16871, Algorithm 1, the
 * clients' lines).
 *
 * <p>g is the coordinator's estimate of this client's gradient; each message corrects its largest errors.
 */
public final class Ef21 implements ErrorFeedback {

    private final double[] g;

    Ef21(double[] g) {
        this.g = g;
    }

    @Override
    public FeedbackMethod method() {
        return FeedbackMethod.EF21;
    }

    @Override
    public Staged stage(double[] gradient, double eta, Compressor compressor, long seed) {
        GradientChecks.require(gradient, g.length);
        return new Staged(compressor.compress(gradient, g, seed), List.of());
    }

    @Override
    public Staged stage(float[] gradient, double eta, Compressor compressor, long seed) {
        GradientChecks.require(gradient, g.length);
        return new Staged(compressor.compress(gradient, g, seed), List.of());
    }

    @Override
    public void commit(Staged staged) {
        staged.delta().addTo(g, 1);
    }

    @Override
    public List<double[]> vectors() {
        return List.of(g);
    }
}
