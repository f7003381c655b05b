package io.evenkeel.core.step;

import java.util.Arrays;

/**
 * The parameters that FedAdam and FedYogi share (Reddi et al., arXiv 2003.00295, Algorithm 2).
 *
 * @param beta1 how much of the first moment m a round keeps, in [0, 1)
 * @param beta2 how much of the second moment v a round keeps, in [0, 1)
 * @param tau the term added to the root of v, above 0, in units of the gradient
 */
public record Moments(double beta1, double beta2, double tau) {

    static final double[] DEFAULTS = {0.9, 0.99, 1e-3};

    public Moments {
        StepRules.requireDecay("a step rule", "beta1", beta1);
        StepRules.requireDecay("a step rule", "beta2", beta2);
        StepRules.requirePositive("a step rule", "tau", tau);
    }

    static Moments of(double[] parameters) {
        return new Moments(parameters[0], parameters[1], parameters[2]);
    }

    String text(String name) {
        return StepRules.text(name, beta1, beta2, tau);
    }

    /** Returns m = 0 and v = tau^2. */
    StepMemory start(int dimension) {
        double[] second = new double[dimension];
        Arrays.fill(second, tau * tau);
        return new StepMemory(new double[0], new double[dimension], second);
    }
}
