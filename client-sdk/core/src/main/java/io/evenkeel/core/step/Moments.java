package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Parameter;
import java.util.Arrays;
import java.util.List;

/**
 * The parameters that FedAdam and FedYogi share (Reddi et al., arXiv 2003.00295, Algorithm 2).
 *
 * @param beta1 the share of the first moment m that a round keeps, in [0, 1)
 * @param beta2 the share of the second moment v that a round keeps, in [0, 1)
 * @param tau the term added to the root of v, above 0, in units of the gradient
 */
public record Moments(double beta1, double beta2, double tau) {

    private static final List<Parameter> PARAMETERS =
            List.of(Parameter.decay("beta1", 0.9), Parameter.decay("beta2", 0.99), Parameter.positive("tau", 0.001));

    private static final Entry CHECK = entry("a step rule", "The moments of FedAdam and FedYogi.");

    public Moments {
        CHECK.require(beta1, beta2, tau);
    }

    static Moments of(double[] parameters) {
        return new Moments(parameters[0], parameters[1], parameters[2]);
    }

    /** Returns the entry of a rule with these parameters. */
    static Entry entry(String name, String summary) {
        return new Entry(name, summary, PARAMETERS, List.of(), List.of());
    }

    /** Returns m = 0 and v = tau^2. */
    StepMemory start(int dimension) {
        double[] second = new double[dimension];
        Arrays.fill(second, tau * tau);
        return new StepMemory(new double[0], new double[dimension], second);
    }
}
