package io.evenkeel.core.step;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.TensorLayout;
import org.jspecify.annotations.Nullable;

/** {@code x - gamma g}, the step of EF21 and of gradient descent. Safe only if gamma suits the smoothness of the loss. */
public record PlainStep() implements StepRule {

    @Override
    public String text() {
        return "plain";
    }

    @Override
    public @Nullable Schedule defaultGamma(boolean momentum) {
        return null;
    }

    @Override
    public StepScale scale(double[] sum, double weight, double gamma, TensorLayout layout, double accumulated) {
        double norm = Norm.l2(sum);
        return norm == 0
                ? StepScale.stationary(accumulated)
                : new StepScale(gamma, new double[] {weight}, norm / weight, accumulated);
    }
}
