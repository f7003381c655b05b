package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Parameter;

/**
 * Nesterov's momentum on the coordinator: {@code m <- beta m + g, x <- x - gamma (g + beta m)}, the outer optimizer of
 * DiLoCo (Douillard et al., arXiv 2311.08105), as PyTorch's SGD computes it.
 *
 * @param beta the share of m that a round keeps, in [0, 1)
 */
public record NesterovStep(double beta) implements MomentumStep {

    static final Entry ENTRY = Entry.of(
            "nesterov",
            "Nesterov's momentum on the coordinator, DiLoCo's outer optimizer; along a steady direction its steps become 1/(1 - beta) times"
                    + " as long.",
            Parameter.decay("beta", 0.9));

    public NesterovStep {
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
            double g = sum[j] / weight;
            m[j] = beta * m[j] + g;
            x[j] -= gamma * (g + beta * m[j]);
        }
    }
}
