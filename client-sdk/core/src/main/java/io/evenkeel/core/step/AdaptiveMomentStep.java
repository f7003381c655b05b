package io.evenkeel.core.step;

import java.util.List;

/**
 * FedAdam and FedYogi, which differ only in the second moment: {@code m <- beta1 m + (1 - beta1) g, x <- x - gamma
 * m/(sqrt(v) + tau)} for each coordinate, without bias correction of the moments (Reddi et al., arXiv
 * 2003.00295, Algorithm 2).
 */
sealed interface AdaptiveMomentStep extends CoordinatewiseStep permits FedAdamStep, FedYogiStep {

    /** Returns beta1, beta2 and tau. */
    Moments moments();

    @Override
    default List<Number> parameters() {
        return List.of(moments().beta1(), moments().beta2(), moments().tau());
    }

    /**
     * Returns the second moment after a round.
     *
     * @param v the second moment before the round
     * @param square g^2
     */
    double secondMoment(double v, double square);

    /**
     * The default step size, a hundredth: a step moves each coordinate by about gamma, regardless of the unit of the
     * loss.
     */
    @Override
    default Schedule defaultGamma(boolean momentum) {
        return new Schedule.Constant(0.01);
    }

    @Override
    default StepMemory start(double[] x) {
        return moments().start(x.length);
    }

    @Override
    default int vectors() {
        return 2;
    }

    @Override
    default void move(double[] x, double[] sum, double gamma, double weight, StepMemory memory) {
        double[] m = memory.vector(0);
        double[] v = memory.vector(1);
        double keep = moments().beta1();
        double take = 1 - keep;
        double tau = moments().tau();
        for (int j = 0; j < x.length; j++) {
            double g = sum[j] / weight;
            m[j] = keep * m[j] + take * g;
            v[j] = secondMoment(v[j], g * g);
            x[j] -= gamma * (m[j] / (Math.sqrt(v[j]) + tau));
        }
    }
}
