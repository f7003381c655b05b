package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.Compressor;
import java.util.List;
import java.util.Objects;

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
        return new Staged(compressor.compress(gradient, null, seed), gradient);
    }

    @Override
    public Staged stage(float[] gradient, double eta, Compressor compressor, long seed) {
        GradientChecks.require(gradient, e.length);
        double[] corrected = new double[gradient.length];
        for (int j = 0; j < gradient.length; j++) {
            corrected[j] = gradient[j] + e[j];
        }
        return new Staged(compressor.compress(corrected, null, seed), corrected);
    }

    @Override
    public void commit(Staged staged) {
        double[] corrected = Objects.requireNonNull(staged.carry(), "a staged message of EF14 carries e + gradient");
        System.arraycopy(corrected, 0, e, 0, e.length);
        staged.delta().addTo(e, -1);
    }

    @Override
    public List<double[]> vectors() {
        return List.of(e);
    }
}
