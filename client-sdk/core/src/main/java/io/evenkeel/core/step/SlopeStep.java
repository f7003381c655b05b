package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.catalogue.Need;
import io.evenkeel.core.catalogue.Parameter;
import io.evenkeel.core.smoothness.Slopes;
import io.evenkeel.core.vector.Norm;
import java.util.List;

/**
 * {@code x - gamma s_k g} with a step size s_k from the slope at the end of the last step. Losses are not used.
 *
 * <p>Each device reports the {@linkplain Slopes slope} of its function at the new model, along the step from the model
 * of its previous message, and its change, the difference from the slope of its g_i. The mean h of these changes,
 * divided by {@code ||g^(k-1)||}, is {@code 1 - r} with {@code r = grad f(x^k).g^(k-1)/||g^(k-1)||^2}: 1 at the start
 * of a step along an exact gradient, 0 at the minimum along g, and negative beyond it. So {@code (1 - r)/s_(k-1)} is
 * the curvature along the step, and its inverse is the step size that ends at the minimum along g.
 *
 * <p>If every device answers, r is also the mean of the slopes divided by {@code -||g^(k-1)||}. If only some devices
 * answer, that mean is taken over fewer devices than g, and devices with different data have slopes of both signs.
 * Their changes differ much less. Where no device reports a change, as without EF21, the mean of the slopes is used.
 *
 * <ul>
 *   <li>s_k is the inverse of L_k, the larger of that curvature and L_(k-1)/2, so it at most doubles in a round. With
 *       minibatches, slopes have noise: the noise of one slope vanishes within a few rounds, whereas a
 *       maximum over many slopes would keep the steps short.
 *   <li>A step is at most twice as long as the previous one, and no longer than the previous one if that step
 *       went beyond the minimum (r below 0): if a direction of large curvature returns, as when members
 *       change, ||g|| grows before s_k has fallen.
 *   <li>The first step has a share of the length 1 + ||x^0||. Until r falls below 1/2, size and length grow by a factor
 *       of up to 5 per round.
 *   <li>A round without a reported slope leaves s_k unchanged, and its step is no longer than the previous
 *     one.
 * </ul>
 *
 * <p>With a lossy downlink devices move along {@code dw = w^k - w^(k-1)} instead of g, so {@code h/||dw||} is
 * the curvature, and r follows from it and the size of the last step. Since x runs ahead of w, a step is divided by
 * {@code 1 + ||x^k - w^k||/||dw||}, about the number of rounds that its effect takes to arrive.
 *
 * <p>The default gamma is 1 with momentum. With IGT the slope is that at a point beyond the new model, so s_k
 * is the inverse of up to twice the curvature; without momentum gamma is 3/4, since a direction that lags by
 * compression cannot take the longest steps.
 *
 * <p>Except for the first step's length every quantity is a ratio, so another unit of x or f gives the same trajectory
 * in that unit. A loss in another unit, or a wrong loss, changes nothing.
 *
 * @param share the share of 1 + ||x^0|| in the first step, finite and above 0
 */
public record SlopeStep(double share) implements StepRule {

    static final Entry ENTRY = Entry.of(
                    "slope",
                    "A step size from the slope that devices measure at the end of each step; nothing to tune, and no loss is used.",
                    Parameter.positive("share", 0.01))
            .needing(Need.SLOPES)
            .excluding(Feature.PRIVACY, Feature.SECURE_AGGREGATION);

    private static final double GROWTH = 2;
    private static final double FIRST_GROWTH = 5;
    private static final double BENT = 0.5;
    private static final double LEAST_RATIO = -3;
    private static final double GAMMA_WITHOUT_MOMENTUM = 0.75;

    private static final int CURVATURE = 0;
    private static final int TAKEN = 1;
    private static final int NORM = 2;
    private static final int IS_BENT = 3;
    private static final int LENGTH = 4;
    private static final int MOVED = 5;
    private static final int BEHIND = 6;
    private static final int NUMBERS = 7;

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
        return new Schedule.Constant(momentum ? 1 : GAMMA_WITHOUT_MOMENTUM);
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
     * Remembers L (0 before the first step); the last step's length divided by ||g||, and ||g||; 1 once r has been
     * below 1/2; the last step's length divided by gamma; and ||dw|| and ||x - w||, which are 0 without a lossy
     * downlink.
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
        double growth = 1;
        if (next[CURVATURE] == 0) {
            next[CURVATURE] = StepMemory.inRange(directionNorm / (share * (1 + Norm.l2(state.x()))));
            next[LENGTH] = Double.MAX_VALUE;
        } else {
            double ratio = ratio(next, input);
            growth = Double.isFinite(ratio) ? follow(next, ratio) : growth;
        }
        double length = StepMemory.inRange(Math.min(directionNorm / next[CURVATURE], growth * next[LENGTH]));
        next[LENGTH] = length;
        next[TAKEN] = StepMemory.inRange(input.gamma() * (length / directionNorm));
        next[NORM] = StepMemory.inRange(directionNorm);
        double rounds = next[MOVED] > 0 ? 1 + next[BEHIND] / next[MOVED] : 1;
        return new StepScale(input.gamma() * length / rounds, new double[] {norm}, directionNorm, next);
    }

    @Override
    public double[] followed(double[] numbers, double moved, double behind) {
        numbers[MOVED] = moved;
        numbers[BEHIND] = behind;
        return numbers;
    }

    /** Returns r; not finite if no device reported. */
    private static double ratio(double[] memory, StepInput input) {
        if (!Double.isFinite(input.slopeChange())) {
            return -input.slope() / memory[NORM];
        }
        return memory[MOVED] > 0
                ? 1 - input.slopeChange() / memory[MOVED] * memory[TAKEN]
                : 1 - input.slopeChange() / memory[NORM];
    }

    /** Adopts a ratio r, and returns the factor by which the next step may be longer than the last one. */
    private static double follow(double[] memory, double ratio) {
        if (ratio < BENT) {
            memory[IS_BENT] = 1;
        }
        double growth = memory[IS_BENT] == 1 ? GROWTH : FIRST_GROWTH;
        double curvature = (1 - Math.max(LEAST_RATIO, ratio)) / memory[TAKEN];
        memory[CURVATURE] = StepMemory.inRange(Math.max(curvature, memory[CURVATURE] / growth));
        return ratio < 0 ? 1 : growth;
    }
}
