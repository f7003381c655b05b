package io.evenkeel.core.step;

/**
 * FedYogi: as FedAdam, with {@code v <- v - (1 - beta2) g^2 sign(v - g^2)}, so that v changes no faster than g^2 (Reddi et al.,
 * arXiv 2003.00295, Algorithm 2).
 *
 * @param moments beta1, beta2 and tau
 */
public record FedYogiStep(Moments moments) implements CoordinatewiseStep {

    static final String NAME = "fedyogi";

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
        double take1 = 1 - keep1;
        double take2 = 1 - moments.beta2();
        for (int j = 0; j < x.length; j++) {
            double g = sum[j] / weight;
            m[j] = keep1 * m[j] + take1 * g;
            double square = g * g;
            double above = v[j] - square;
            v[j] = above > 0 ? v[j] - take2 * square : above < 0 ? v[j] + take2 * square : v[j];
            x[j] -= gamma * (m[j] / (Math.sqrt(v[j]) + moments.tau()));
        }
    }
}
