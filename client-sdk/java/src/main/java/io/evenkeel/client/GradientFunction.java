package io.evenkeel.client;

/**
 * Computes the gradient of the device's loss at a model.
 *
 * <p>Called on the thread that called {@link EvenkeelClient#train}, one round at a time. It may take any amount of
 * time; a message that arrives after its round has closed is dropped without harm.
 *
 * <p>A run's algorithm may need the gradient at a point other than the round's model: with IGT ({@code ef21-igt-norm})
 * the function gets an extrapolated model. With STORM ({@code ef21-storm-norm}) it is called at two models with the
 * same sample; use {@link #onSample}.
 *
 * <p>Local steps (FedAvg, DiLoCo): train a copy of the model locally, with as many steps as
 * {@link Model#localSteps} says, and return the pseudo-gradient, model before minus model after. The metrics
 * {@code steps} and {@code tokens} report the device's work: {@code Gradient.of(difference, samples,
 * loss).withMetrics(Map.of("steps", 30.0, "tokens", 61_440.0))}.
 */
@FunctionalInterface
public interface GradientFunction {

    /**
     * Computes the gradient.
     *
     * @param model the model at which to compute the gradient: the model of the round, or with IGT a point
     *     extrapolated from it
     * @return d finite values, or {@link Gradient#skip()} to skip the round
     * @throws Exception if it fails; the training then ends with an {@link EvenkeelException}, and nothing is
     *     sent
     */
    Gradient compute(Model model) throws Exception;

    /**
     * Returns a function that draws a sample once in a round and computes each gradient of the round on it.
     * Works with every algorithm; STORM requires it.
     *
     * <pre>{@code
     * client.train(GradientFunction.onSample(round -> batches.next(), (model, batch) -> gradient(model, batch)));
     * client.train(GradientFunction.onSample(round -> round, (model, seed) -> gradient(model, new Random(seed))));
     * client.train(GradientFunction.onSample(round -> allData, (model, data) -> gradient(model, data)));  // full gradients
     * }</pre>
     *
     * @param source draws the sample
     * @param gradient computes the gradient on it
     * @param <S> the type of a sample
     */
    static <S> GradientFunction onSample(SampleSource<S> source, SampledGradientFunction<S> gradient) {
        return new SampledGradient<>(source, gradient);
    }
}
