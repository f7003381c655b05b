package io.evenkeel.core.step;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rule with one vector of momentum on the coordinator, {@code m <- beta m + g}. */
sealed interface MomentumStep extends CoordinatewiseStep permits FedAvgMStep, NesterovStep {

    /** Returns the share of m that a round keeps, in [0, 1). */
    double beta();

    @Override
    default List<Number> parameters() {
        return List.of(beta());
    }

    @Override
    default @Nullable Schedule defaultGamma(boolean momentum) {
        return null;
    }

    /** Along a constant direction m tends to g/(1 - beta), and so does g + beta m. */
    @Override
    default double gain() {
        return 1 / (1 - beta());
    }

    @Override
    default StepMemory start(double[] x) {
        return new StepMemory(new double[0], new double[x.length]);
    }

    @Override
    default int vectors() {
        return 1;
    }
}
