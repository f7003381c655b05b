package io.evenkeel.core.step;

import io.evenkeel.core.vector.Norm;

/**
 * {@code x - gamma s_k g} with a step size s_k that follows the losses that devices report: it grows while the loss falls by more than
 * half of what the step predicted, and shrinks otherwise.
 *
 * <p>The ratio {@code rho = (f(x^(k-1)) - f(x^k))/(s_(k-1) ||g^(k-1)||^2)} compares the loss's decrease with its prediction, as
 * Armijo's condition (1966) and trust regions do. A gradient step on a quadratic has rho = 1/2 exactly if its length minimises the
 * loss along g, so s_k settles where exact line search would put it, on average over rounds. The fed-back direction lags, which
 * lowers rho; so the step size becomes shorter where compression is stronger, without a constant of the compressor. There is no search
 * within a round: each round changes s_k by at most a factor of 1.35.
 *
 * <ul>
 *   <li>The first step is a share of the Polyak step's length {@code f/||g^0||}; without a positive loss, a hundredth of the share of
 *       {@code 1 + ||x^0||}.
 *   <li>A step is at most 1.25 times as long as the one before, however fast ||g|| grows.
 *   <li>Where the losses' noise exceeds the prediction, the deviation is divided by twice its running mean. So noise cancels over
 *       rounds, and only the lack of progress shortens steps.
 *   <li>A round without a reported loss leaves s_k as it is.
 * </ul>
 *
 * Every quantity is a ratio, so another unit of x or f gives the same trajectory in that unit.
 *
 * @param share of the Polyak step in the first step, finite and above 0
 */
public record SufficientDecreaseStep(double share) implements StepRule {

    static final String NAME = "sufficient-decrease";
    static final double SHARE = 0.1;

    private static final double ENOUGH = 0.5;
    private static final double RATE = 0.35;
    private static final double GROWTH = 1.25;
    private static final double NOISE = 2;
    private static final double FORGET = 0.1;
    private static final double OUTLIER = 4;

    private static final int SIZE = 0;
    private static final int LENGTH = 1;
    private static final int LOSS = 2;
    private static final int PREDICTED = 3;
    private static final int DEVIATION = 4;

    public SufficientDecreaseStep {
        StepRules.requirePositive(NAME, "share", share);
    }

    @Override
    public String text() {
        return StepRules.text(NAME, share);
    }

    @Override
    public Schedule defaultGamma(boolean momentum) {
        return new Schedule.Constant(1);
    }

    /**
     * Remembers the step size s, which is 0 before the first step, the step's length, the loss, the decrease predicted for the step, 0
     * if there was no loss, and the mean deviation from the prediction.
     */
    @Override
    public StepMemory start(double[] x) {
        return new StepMemory(new double[5]);
    }

    @Override
    public StepScale scale(ModelState state, StepInput input) {
        double norm = Norm.l2(state.sum());
        if (norm == 0) {
            return StepScale.stationary(state.memory());
        }
        double directionNorm = norm / input.weight();
        double[] next = state.memory().numbers();
        boolean known = Double.isFinite(input.loss());
        if (next[SIZE] == 0) {
            next[LENGTH] = inRange(FirstLength.of(share, input.loss(), directionNorm, state.x()));
            next[SIZE] = inRange(next[LENGTH] / directionNorm);
        } else {
            if (known && next[PREDICTED] > 0) {
                adapt(next, input.loss());
            }
            next[LENGTH] = inRange(Math.min(next[SIZE] * directionNorm, GROWTH * next[LENGTH]));
        }
        double factor = input.gamma() * next[LENGTH];
        next[LOSS] = known ? input.loss() : 0;
        next[PREDICTED] = known ? Math.min(factor * directionNorm, Double.MAX_VALUE) : 0;
        return new StepScale(factor, new double[] {norm}, directionNorm, next);
    }

    private static void adapt(double[] memory, double loss) {
        double predicted = memory[PREDICTED];
        double surplus = memory[LOSS] - loss - ENOUGH * predicted;
        // One wild loss must not count as noise for long.
        double most = OUTLIER * Math.max(predicted, memory[DEVIATION]);
        double deviation = Math.min(Math.min(Math.abs(surplus), most), Double.MAX_VALUE);
        memory[DEVIATION] += FORGET * (deviation - memory[DEVIATION]);
        double unit = Math.max(predicted, Math.min(NOISE * memory[DEVIATION], Double.MAX_VALUE));
        double change = RATE * Math.max(-1, Math.min(1, surplus / unit));
        memory[SIZE] = inRange(change >= 0 ? memory[SIZE] * (1 + change) : memory[SIZE] / (1 - change));
    }

    private static double inRange(double value) {
        return Math.max(Double.MIN_NORMAL, Math.min(value, Double.MAX_VALUE));
    }
}
