package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.vector.Norm;
import org.jspecify.annotations.Nullable;

/** {@code x - gamma g}, the step of EF21 and of gradient descent. Safe only if gamma suits the smoothness of the loss. */
public record PlainStep() implements StepRule {

    static final Entry ENTRY =
            Entry.of("plain", "The step gamma g of gradient descent, whose size depends on the loss.");

    @Override
    public Entry entry() {
        return ENTRY;
    }

    @Override
    public StepLength length() {
        return StepLength.DIRECTION;
    }

    @Override
    public @Nullable Schedule defaultGamma(boolean momentum) {
        return null;
    }

    @Override
    public StepScale scale(ModelState state, StepInput input) {
        double norm = Norm.l2(state.sum());
        return norm == 0
                ? StepScale.stationary(state.memory())
                : new StepScale(
                        input.gamma(),
                        new double[] {input.weight()},
                        norm / input.weight(),
                        state.memory().numbers());
    }
}
