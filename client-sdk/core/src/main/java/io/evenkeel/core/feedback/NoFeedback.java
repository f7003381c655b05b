package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.Compressor;
import java.util.List;

/** Sends {@code C(gradient)} and keeps no state: distributed compressed gradient descent, or plain gradient descent. */
public final class NoFeedback implements ErrorFeedback {

    private final int dimension;

    NoFeedback(int dimension) {
        this.dimension = dimension;
    }

    @Override
    public FeedbackMethod method() {
        return FeedbackMethod.NONE;
    }

    @Override
    public Staged stage(double[] gradient, double eta, Compressor compressor, long seed) {
        GradientChecks.require(gradient, dimension);
        return new Staged(compressor.compress(gradient, null, seed), List.of());
    }

    @Override
    public Staged stage(float[] gradient, double eta, Compressor compressor, long seed) {
        GradientChecks.require(gradient, dimension);
        return new Staged(compressor.compress(gradient, null, seed), List.of());
    }

    @Override
    public void commit(Staged staged) {
        // There is no state to change.
    }

    @Override
    public List<double[]> vectors() {
        return List.of();
    }
}
