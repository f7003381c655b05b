package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.Compressor;
import java.util.List;

/**
 * Classic error feedback: send {@code Delta = C(e + gradient)}, then {@code e <- e + gradient - Delta} (Seide et al., "1-bit SGD",
 * Interspeech 2014).
 */
public final class Ef14 implements ErrorFeedback {

    private final double[] e;

    Ef14(double[] e) {
        this.e = e;
    }

    @Override
    public FeedbackMethod method() {
        return FeedbackMethod.EF14;
    }

    @Override
    public Staged stage(double[] gradient, double eta, Compressor compressor, long seed) {
        GradientChecks.require(gradient, e.length);
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] += e[j];
        }
        return new Staged(compressor.compress(gradient, null, seed), List.of(gradient));
    }

    @Override
    public Staged stage(float[] gradient, double eta, Compressor compressor, long seed) {
        GradientChecks.require(gradient, e.length);
        double[] corrected = new double[gradient.length];
        for (int j = 0; j < gradient.length; j++) {
            corrected[j] = gradient[j] + e[j];
        }
        return new Staged(compressor.compress(corrected, null, seed), List.of(corrected));
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
