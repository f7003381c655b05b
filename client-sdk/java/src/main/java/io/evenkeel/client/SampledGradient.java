package io.evenkeel.client;

/**
 * A gradient function that can compute several gradients on the same sample, created by {@link
 * GradientFunction#onSample}.
 */
public final class SampledGradient<S> implements GradientFunction {

    private final SampleSource<S> source;
    private final SampledGradientFunction<S> function;

    SampledGradient(SampleSource<S> source, SampledGradientFunction<S> function) {
        this.source = source;
        this.function = function;
    }

    /** Draws the sample of a round. */
    public GradientFunction on(int round) throws Exception {
        S sample = source.draw(round);
        return model -> function.compute(model, sample);
    }

    @Override
    public Gradient compute(Model model) throws Exception {
        return on(model.round()).compute(model);
    }
}
