package io.evenkeel.core.step;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.TensorLayout;

/**
 * {@code x - gamma g/sqrt(sum_{j<=k} ||g^j||^2)}: AdaGrad-Norm (Ward, Wu, Bottou, ICML 2019) on the fed-back direction. Not in
 * arXiv 2410.16871: steps shrink as directions accumulate, so the method does not circle the optimum as normalized steps of fixed
 * length do.
 *
 * <p>The accumulated state is the square root, since the sum of squares could overflow.
 */
public record AccumulatedNormStep() implements StepRule {

    @Override
    public String text() {
        return "accumulated-norm";
    }

    @Override
    public Schedule defaultGamma(boolean momentum) {
        return new Schedule.Constant(1);
    }

    @Override
    public StepScale scale(double[] sum, double weight, double gamma, TensorLayout layout, double accumulated) {
        double norm = Norm.l2(sum);
        if (norm == 0) {
            return StepScale.stationary(accumulated);
        }
        double directionNorm = norm / weight;
        double root = StrictMath.hypot(accumulated, directionNorm);
        return new StepScale(gamma, new double[] {weight * root}, directionNorm, root);
    }
}
