package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.TensorLayout;

/**
 * {@code x_l - gamma g_l/||g_l||} for each tensor l, so that tensors with large gradients do not dominate the
 * others. Not in arXiv 2410.16871. A step is sqrt(number of tensors) times as long as a normalized one of the
 * same gamma.
 */
public record LayerwiseNormalizedStep() implements StepRule {

    static final Entry ENTRY = Entry.of("layerwise-normalized", "A step of length gamma along g in each tensor.");

    @Override
    public Entry entry() {
        return ENTRY;
    }

    @Override
    public StepLength length() {
        return StepLength.FACTOR_IN_EACH_TENSOR;
    }

    @Override
    public Schedule defaultGamma(boolean momentum) {
        return new NormalizedStep().defaultGamma(momentum);
    }

    @Override
    public StepScale scale(ModelState state, StepInput input) {
        double norm = Norm.l2(state.sum());
        if (norm == 0) {
            return StepScale.stationary(state.memory());
        }
        TensorLayout layout = state.layout();
        double[] divisors = new double[layout.size()];
        for (int l = 0; l < divisors.length; l++) {
            double tensorNorm = Norm.l2(state.sum(), layout.start(l), layout.end(l));
            // A tensor whose direction is zero does not move: 0/1.
            divisors[l] = tensorNorm == 0 ? 1 : tensorNorm;
        }
        return new StepScale(
                input.gamma(), divisors, norm / input.weight(), state.memory().numbers());
    }
}
