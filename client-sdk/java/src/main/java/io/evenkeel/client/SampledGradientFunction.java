package io.evenkeel.client;

/**
 * Computes the gradient of the device's loss on a given sample.
 *
 * @param <S> the type of a sample
 */
@FunctionalInterface
public interface SampledGradientFunction<S> {

    /**
     * Computes the gradient. In a run with STORM it is called twice per round, with two models and the same sample.
     * Everything random, such as dropout or augmentation, must then be determined by the sample.
     *
     * @param model the model at which to compute the gradient
     * @param sample as {@link SampleSource#draw} returned it; must not be changed
     * @return as {@link GradientFunction#compute}; a {@code double[]} must be a new array for each call
     * @throws Exception as {@link GradientFunction#compute}
     */
    Gradient compute(Model model, S sample) throws Exception;
}
