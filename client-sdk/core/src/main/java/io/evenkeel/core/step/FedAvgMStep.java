package io.evenkeel.core.step;

import org.jspecify.annotations.Nullable;

/**
 * FedAvgM, momentum on the coordinator: {@code m <- beta m + g, x <- x - gamma m} (Hsu, Qi, Brown, arXiv 1909.06335; a baseline of
 * Reddi et al., arXiv 2003.00295).
 *
 * @param beta how much of m a round keeps, in [0, 1)
 */
public record FedAvgMStep(double beta) implements CoordinatewiseStep {

    static final String NAME = "fedavgm";
    static final double BETA = 0.9;

    public FedAvgMStep {
        StepRules.requireDecay(NAME, "beta", beta);
    }

    @Override
    public String text() {
        return StepRules.text(NAME, beta);
    }

    @Override
    public @Nullable Schedule defaultGamma(boolean momentum) {
        return null;
    }

    /** Along a constant direction m tends to g/(1 - beta). */
    @Override
    public double gain() {
        return 1 / (1 - beta);
    }

    @Override
    public StepMemory start(double[] x) {
        return new StepMemory(new double[0], new double[x.length]);
    }

    @Override
    public int vectors() {
        return 1;
    }

    @Override
    public void move(double[] x, double[] sum, double gamma, double weight, StepMemory memory) {
        double[] m = memory.vector(0);
        for (int j = 0; j < x.length; j++) {
            m[j] = beta * m[j] + sum[j] / weight;
            x[j] -= gamma * m[j];
        }
    }
}
