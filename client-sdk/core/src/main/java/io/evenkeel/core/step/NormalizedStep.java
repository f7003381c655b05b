package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.vector.Norm;

/**
 * {@code x - gamma g/||g||}, the step of ||EF21|| and ||EF21-SGDM||: its length is always gamma, so gamma
 * needs no constants of the loss (arXiv 2410.16871, Algorithms 1 and 2).
 *
 * <p>Since g/||g|| = S/||S||, the sum of the weights does not matter.
 */
public record NormalizedStep() implements StepRule {

    static final Entry ENTRY = Entry.of("normalized", "A step of length gamma along g.");

    @Override
    public Entry entry() {
        return ENTRY;
    }

    @Override
    public StepLength length() {
        return StepLength.FACTOR;
    }

    /** (K+1)^(-1/2), or (K+1)^(-3/4) with momentum: Theorems 1 and 2 with gamma0 = 1. */
    @Override
    public Schedule defaultGamma(boolean momentum) {
        return new Schedule.Horizon(1, momentum ? 0.75 : 0.5);
    }

    @Override
    public StepScale scale(ModelState state, StepInput input) {
        double norm = Norm.l2(state.sum());
        return norm == 0
                ? StepScale.stationary(state.memory())
                : new StepScale(
                        input.gamma(),
                        new double[] {norm},
                        norm / input.weight(),
                        state.memory().numbers());
    }
}
