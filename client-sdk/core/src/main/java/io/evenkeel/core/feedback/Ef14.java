package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.Compressor;
import java.util.List;

/**
 * Classic error feedback: send {@code Delta = C(beta e + gradient)}, then
 * {@code e <- beta e + gradient - Delta}. Without a decay beta is 1 (Seide et al., "1-bit SGD", Interspeech
 * 2014). With a decay, beta is the round's eta, and it multiplies only the remainder of earlier rounds
 * (SparseLoCo, arXiv 2508.15706, Algorithm 1).
 */
public final class Ef14 implements ErrorFeedback {

    private final double[] e;
    private final boolean decays;

    Ef14(double[] e, boolean decays) {
        this.e = e;
        this.decays = decays;
    }

    @Override
    public FeedbackMethod method() {
        return decays ? FeedbackMethod.EF14_DECAY : FeedbackMethod.EF14;
    }

    @Override
    public Staged stage(double[] gradient, double eta, Compressor compressor, long seed) {
        GradientChecks.require(gradient, e.length);
        double beta = beta(eta);
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] += beta * e[j];
        }
        return new Staged(compressor.compress(gradient, null, seed), List.of(gradient));
    }

    @Override
    public Staged stage(float[] gradient, double eta, Compressor compressor, long seed) {
        GradientChecks.require(gradient, e.length);
        double beta = beta(eta);
        double[] corrected = new double[gradient.length];
        for (int j = 0; j < gradient.length; j++) {
            corrected[j] = gradient[j] + beta * e[j];
        }
        return new Staged(compressor.compress(corrected, null, seed), List.of(corrected));
    }

    private double beta(double eta) {
        if (!decays) {
            return 1;
        }
        GradientChecks.requireEta(eta);
        return eta;
    }

    @Override
    public void commit(Staged staged) {
        double[] corrected = staged.carry(method(), 1).get(0);
        System.arraycopy(corrected, 0, e, 0, e.length);
        staged.delta().addTo(e, -1);
    }

    @Override
    public List<double[]> vectors() {
        return List.of(e);
    }
}
