package io.evenkeel.core.step;

/**
 * FedAdam: {@code m <- beta1 m + (1 - beta1) g, v <- beta2 v + (1 - beta2) g^2, x <- x - gamma m/(sqrt(v) + tau)} for each
 * coordinate, without a correction of the moments' bias (Reddi et al., arXiv 2003.00295, Algorithm 2).
 *
 * @param moments beta1, beta2 and tau
 */
public record FedAdamStep(Moments moments) implements CoordinatewiseStep {

    static final String NAME = "fedadam";

    @Override
    public String text() {
        return moments.text(NAME);
    }

    /** A hundredth: a step moves each coordinate by about gamma, whatever the unit of the loss. */
    @Override
    public Schedule defaultGamma(boolean momentum) {
        return new Schedule.Constant(0.01);
    }

    @Override
    public StepMemory start(double[] x) {
        return moments.start(x.length);
    }

    @Override
    public int vectors() {
        return 2;
    }

    @Override
    public void move(double[] x, double[] sum, double gamma, double weight, StepMemory memory) {
        double[] m = memory.vector(0);
        double[] v = memory.vector(1);
        double keep1 = moments.beta1();
        double keep2 = moments.beta2();
        double take1 = 1 - keep1;
        double take2 = 1 - keep2;
        for (int j = 0; j < x.length; j++) {
            double g = sum[j] / weight;
            m[j] = keep1 * m[j] + take1 * g;
            v[j] = keep2 * v[j] + take2 * (g * g);
            x[j] -= gamma * (m[j] / (Math.sqrt(v[j]) + moments.tau()));
        }
    }
}
