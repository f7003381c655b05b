package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.catalogue.Need;
import io.evenkeel.core.catalogue.Parameter;
import io.evenkeel.core.smoothness.Slopes;
import io.evenkeel.core.vector.Norm;
import java.util.List;

/**
 * {@code x - gamma s_k g} with a step size s_k from the slope at the end of the last step. No loss is used.
 *
 * <p>Each device reports the {@linkplain Slopes slope} of its function at the new model, along the way from the model that it answered
 * before. Their mean over {@code -||g^(k-1)||} is {@code r = grad f(x^k).g^(k-1)/||g^(k-1)||^2}: 1 at the start of a step along an exact
 * gradient, 0 at the minimum along g, and negative beyond it. So {@code (1 - r)/s_(k-1)} is the curvature along the step, and its
 * inverse is the step size that ends at the minimum along g.
 *
 * <ul>
 *   <li>s_k is the inverse of the largest curvature, where older ones count a tenth less each round; it grows by at most 1.5 a round.
 *   <li>After a step beyond the minimum (r below 0), s_k is at most two thirds of s_(k-1).
 *   <li>The first step has a share of the length 1 + ||x^0||. Until r falls below 1/2, s_k grows by up to 3 a round.
 *   <li>A round without a reported slope leaves s_k as it is, and its step is no longer than the one before.
 * </ul>
 *
 * <p>Except for the first step's length every quantity is a ratio, so another unit of x or f gives the same trajectory in that unit. A
 * loss in another unit, or a wrong one, changes nothing.
 *
 * @param share of 1 + ||x^0|| in the first step, finite and above 0
 */
public record SlopeStep(double share) implements StepRule {

    static final Entry ENTRY = Entry.of(
                    "slope",
                    "A step size from the slope that devices measure at the end of each step; nothing to tune, and no loss is used.",
                    Parameter.positive("share", 0.01))
            .needing(Need.SLOPES)
            .excluding(Feature.PRIVACY, Feature.SECURE_AGGREGATION);

    private static final double GROWTH = 1.5;
    private static final double FIRST_GROWTH = 3;
    private static final double BENT = 0.5;
    private static final double FORGET = 0.9;
    private static final double SHRINK = 2.0 / 3;
    private static final double MAX_RATIO = 3;

    private static final int SIZE = 0;
    private static final int TAKEN = 1;
    private static final int NORM = 2;
    private static final int CURVATURE = 3;
    private static final int IS_BENT = 4;
    private static final int LENGTH = 5;
    private static final int NUMBERS = 6;

    public SlopeStep {
        ENTRY.require(share);
    }

    @Override
    public Entry entry() {
        return ENTRY;
    }

    @Override
    public List<Number> parameters() {
        return List.of(share);
    }

    @Override
    public StepLength length() {
        return StepLength.ADAPTED;
    }

    @Override
    public Schedule defaultGamma(boolean momentum) {
        return new Schedule.Constant(1);
    }

    @Override
    public boolean readsSlopes() {
        return true;
    }

    /** Returns whether a plan's step rule is of this kind, so that the device must report slopes. */
    public static boolean isNamedIn(String text) {
        return text.split(":", 2)[0].equals(ENTRY.name());
    }

    /**
     * Remembers the step size s, which is 0 before the first step; the last step's length over ||g||, and ||g||; the largest curvature;
     * 1 once r has been below 1/2; and the last step's length over gamma.
     */
    @Override
    public StepMemory start(double[] x) {
        return new StepMemory(new double[NUMBERS]);
    }

    @Override
    public StepScale scale(ModelState state, StepInput input) {
        double norm = Norm.l2(state.sum());
        if (norm == 0) {
            return StepScale.stationary(state.memory());
        }
        double directionNorm = norm / input.weight();
        double[] next = state.memory().numbers();
        double longest = Double.MAX_VALUE;
        if (next[SIZE] == 0) {
            next[SIZE] = StepMemory.inRange(share * (1 + Norm.l2(state.x())) / directionNorm);
        } else if (Double.isFinite(input.slope())) {
            follow(next, input.slope());
        } else {
            longest = next[LENGTH];
        }
        double length = StepMemory.inRange(Math.min(next[SIZE] * directionNorm, longest));
        next[LENGTH] = length;
        next[TAKEN] = StepMemory.inRange(input.gamma() * (length / directionNorm));
        next[NORM] = StepMemory.inRange(directionNorm);
        return new StepScale(input.gamma() * length, new double[] {norm}, directionNorm, next);
    }

    private static void follow(double[] memory, double slope) {
        double ratio = Math.max(-MAX_RATIO, Math.min(MAX_RATIO, -slope / memory[NORM]));
        double curvature = Math.min((1 - ratio) / memory[TAKEN], Double.MAX_VALUE);
        memory[CURVATURE] = Math.max(curvature, FORGET * memory[CURVATURE]);
        if (ratio < BENT) {
            memory[IS_BENT] = 1;
        }
        double growth = memory[IS_BENT] == 1 ? GROWTH : FIRST_GROWTH;
        double longest = memory[SIZE] * (ratio < 0 ? SHRINK : growth);
        memory[SIZE] = StepMemory.inRange(memory[CURVATURE] > 0 ? Math.min(longest, 1 / memory[CURVATURE]) : longest);
    }
}
