package io.evenkeel.core.step;

/**
 * A rule that scales each coordinate separately, with vectors that it remembers: FedAvgM, FedAdam and FedYogi of Reddi
 * et al., arXiv 2003.00295, and Nesterov's momentum. There the direction is the mean of the clients' changes; here it
 * is g = S/W, the fed-back direction.
 *
 * <p>The recipe has gamma as its factor and W as its divisor. The recipe alone is not enough to repeat the
 * step.
 */
public sealed interface CoordinatewiseStep extends StepRule permits MomentumStep, AdaptiveMomentStep {

    @Override
    default boolean isRepeatable() {
        return false;
    }

    @Override
    default void apply(ModelState state, StepScale scale) {
        if (scale.factor() != 0) {
            move(state.x(), state.sum(), scale.factor(), scale.divisors()[0], state.memory());
        }
    }

    /**
     * Moves every coordinate in ascending order.
     *
     * @param x the model, d values, changed in place
     * @param sum S, d values
     * @param gamma the step size, not 0
     * @param weight W
     * @param memory its vectors are changed in place
     */
    void move(double[] x, double[] sum, double gamma, double weight, StepMemory memory);
}
