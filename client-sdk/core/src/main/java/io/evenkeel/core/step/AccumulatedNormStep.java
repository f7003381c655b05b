package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.vector.Norm;

/**
 * {@code x - gamma g/sqrt(sum_{j<=k} ||g^j||^2)}: AdaGrad-Norm (Ward, Wu, Bottou, ICML 2019) on the fed-back
 * direction. Not in arXiv 2410.16871: steps shrink as directions accumulate, so the method does not circle
 * the optimum as normalized steps of fixed length do.
 *
 * <p>The rule remembers the square root, since the sum of squares could overflow.
 */
public record AccumulatedNormStep() implements StepRule {

    static final Entry ENTRY =
            Entry.of("accumulated-norm", "Steps along g that shrink as the squares of its norms add up.");

    @Override
    public Entry entry() {
        return ENTRY;
    }

    @Override
    public StepLength length() {
        return StepLength.SHRINKING;
    }

    @Override
    public Schedule defaultGamma(boolean momentum) {
        return new Schedule.Constant(1);
    }

    @Override
    public StepMemory start(double[] x) {
        return new StepMemory(new double[1]);
    }

    @Override
    public StepScale scale(ModelState state, StepInput input) {
        double norm = Norm.l2(state.sum());
        if (norm == 0) {
            return StepScale.stationary(state.memory());
        }
        double directionNorm = norm / input.weight();
        double root = StrictMath.hypot(state.memory().number(0), directionNorm);
        return new StepScale(input.gamma(), new double[] {input.weight() * root}, directionNorm, new double[] {root});
    }
}
