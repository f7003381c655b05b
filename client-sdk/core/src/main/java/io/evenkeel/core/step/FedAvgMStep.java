package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Parameter;

/**
 * FedAvgM, momentum on the coordinator: {@code m <- beta m + g, x <- x - gamma m} (Hsu, Qi, Brown, arXiv 1909.06335; a
 * baseline of Reddi et al., arXiv 2003.00295).
 *
 * @param beta the share of m that a round keeps, in [0, 1)
 */
public record FedAvgMStep(double beta) implements MomentumStep {

    static final Entry ENTRY = Entry.of(
            "fedavgm",
            "Momentum on the coordinator; along a steady direction its steps become 1/(1 - beta) times as long.",
            Parameter.decay("beta", 0.9));

    public FedAvgMStep {
        ENTRY.require(beta);
    }

    @Override
    public Entry entry() {
        return ENTRY;
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
