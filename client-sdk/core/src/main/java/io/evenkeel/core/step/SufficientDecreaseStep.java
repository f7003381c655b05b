package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.catalogue.Need;
import io.evenkeel.core.catalogue.Parameter;
import io.evenkeel.core.vector.Norm;
import java.util.Arrays;
import java.util.List;

/**
 * {@code x - gamma s_k g} with a step size s_k that follows the losses that devices report: it grows while
 * the loss falls by more than half of what the step predicted, and shrinks otherwise.
 *
 * <p>The ratio {@code rho = (f(x^(k-1)) - f(x^k))/(s_(k-1) ||g^(k-1)||^2)} compares the loss's decrease with
 * its prediction, as Armijo's condition (1966) and trust regions do. A gradient step on a quadratic has rho =
 * 1/2 exactly if its length minimises the loss along g, so s_k settles where exact line search would put it,
 * on average over rounds. The fed-back direction lags, which lowers rho; so the step size becomes shorter
 * where compression is stronger, without a constant of the compressor. There is no search within a round:
 * each round changes s_k by at most a factor of 1.5, except after one of the events below.
 *
 * <p>Both losses must belong to the same function. So the losses are weighted like the direction. They are compared
 * over the members that report in both rounds, if these have three quarters of the weight of all members that report.
 * Otherwise the rounds' means are compared.
 *
 * <ul>
 *   <li>The first step is a share of the Polyak step's length {@code f/||g^0||}; without a positive loss, a
 *       hundredth of the share of {@code 1 + ||x^0||}.
 *   <li>A change of the losses below their rounding leaves s_k unchanged. Otherwise s_k could become
 *       arbitrarily long near the optimum, and such a step is destructive as soon as the function changes.
 *   <li>Members with a share p of the weight join, leave or change their weight: s_k falls back to at most
 *       1/p times the smallest size that the run has had. This can be far below the last size: along the
 *       floor of a narrow valley steps may be far longer than across it, and the valleys of another function
 *       lie elsewhere.
 *   <li>A loss that rises by more than 4 times both prediction and noise: s_k falls to a quarter, and to the
 *       smallest size. So a size that is too long is used only once.
 *   <li>Otherwise a step is at most 1.25 times as long as the previous one, no matter how fast ||g|| grows.
 *       While that is less than a quarter of s_k ||g||, s_k does not grow: no step has that size, so no
 *       decrease supports a larger one.
 *   <li>Where the losses' noise exceeds the prediction, the deviation is divided by twice its running mean.
 *       So noise cancels over rounds, and only the lack of progress shortens steps.
 *   <li>A round without a reported loss leaves s_k unchanged.
 * </ul>
 *
 * Every quantity is a ratio, so another unit of x or f gives the same trajectory in that unit.
 *
 * <p>This holds without a condition on the loss: s_k is above the smallest size only where decreases have
 * raised it, by a factor of at most 1.5 per round, and an event undoes that. So after an event the run is in
 * the same position as at its beginning, with a step size that has reduced the loss before. The loss can
 * still rise, since a function is unknown before a step is taken on it.
 *
 * @param share the share of the Polyak step in the first step, finite and above 0
 */
public record SufficientDecreaseStep(double share) implements StepRule {

    static final Entry ENTRY = Entry.of(
                    "sufficient-decrease",
                    "A step size that grows while the loss falls by more than half of what the step predicted; nothing to tune.",
                    Parameter.positive("share", 0.1))
            .needing(Need.LOSSES)
            .excluding(Feature.PRIVACY, Feature.SECURE_AGGREGATION);

    private static final double ENOUGH = 0.5;
    private static final double RATE = 0.5;
    private static final double GROWTH = 1.25;
    private static final double UNTRIED = 4;
    private static final double NOISE = 2;
    private static final double FORGET = 0.1;
    private static final double OUTLIER = 4;
    private static final double SAME_MEMBERS = 0.75;
    private static final double ROUNDING = 0x1p-40;

    /**
     * The maximum number of members whose losses are compared individually. With more members the means are accurate
     * enough, and the losses would dominate a round's stored data.
     */
    private static final int MAX_REPORTS = 10_000;

    private static final int SIZE = 0;
    private static final int LENGTH = 1;
    private static final int LOSS = 2;
    private static final int PREDICTED = 3;
    private static final int DEVIATION = 4;
    private static final int SMALLEST = 5;
    private static final int WEIGHT = 6;
    private static final int REPORTS = 7;
    private static final int FIXED = 8;

    public SufficientDecreaseStep {
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
    public boolean readsMemberLosses() {
        return true;
    }

    /**
     * Remembers the step size s, which is 0 before the first step; the step's length; the mean loss; the
     * decrease predicted for the step, 0 if there was no loss; the mean deviation from the prediction; the
     * smallest step size; the members' weight; the number of losses that follow, and these as pairs of member
     * and loss.
     */
    @Override
    public StepMemory start(double[] x) {
        return new StepMemory(new double[FIXED]);
    }

    @Override
    public int moreNumbers(double[] numbers) {
        double reports = numbers[REPORTS];
        return reports >= 0 && reports <= MAX_REPORTS ? 2 * (int) reports : 0;
    }

    @Override
    public StepScale scale(ModelState state, StepInput input) {
        double norm = Norm.l2(state.sum());
        if (norm == 0) {
            return StepScale.stationary(state.memory());
        }
        double directionNorm = norm / input.weight();
        double[] next = state.memory().numbers();
        if (next[SIZE] == 0) {
            next[LENGTH] = StepMemory.inRange(FirstLength.of(share, input.loss(), directionNorm, state.x()));
            next[SIZE] = StepMemory.inRange(next[LENGTH] / directionNorm);
            next[SMALLEST] = next[SIZE];
        } else {
            follow(next, input, directionNorm);
        }
        double factor = input.gamma() * next[LENGTH];
        return new StepScale(factor, new double[] {norm}, directionNorm, remember(next, input, factor * directionNorm));
    }

    private static double[] remember(double[] memory, StepInput input, double predicted) {
        boolean known = Double.isFinite(input.loss());
        int reports = input.losses().count() <= MAX_REPORTS ? input.losses().count() : 0;
        double[] next = Arrays.copyOf(memory, FIXED + 2 * reports);
        next[LOSS] = known ? input.loss() : 0;
        next[PREDICTED] = known ? Math.min(predicted, Double.MAX_VALUE) : 0;
        next[WEIGHT] = input.weight();
        next[REPORTS] = reports;
        if (reports > 0) {
            input.losses().writeTo(next, FIXED);
        }
        return next;
    }

    /** Adapts the step size, and sets the length of the next step. */
    private static void follow(double[] memory, StepInput input, double directionNorm) {
        double before = memory[SIZE];
        double changed = input.changedShare(memory[WEIGHT]);
        boolean fellBack = changed > 0;
        if (fellBack) {
            memory[SIZE] = Math.min(memory[SIZE], memory[SMALLEST] / changed);
        } else if (Double.isFinite(input.loss()) && memory[PREDICTED] > 0) {
            fellBack = adapt(memory, input);
        }
        double longest = GROWTH * memory[LENGTH];
        if (memory[SIZE] > before && memory[SIZE] * directionNorm > UNTRIED * longest) {
            memory[SIZE] = before;
        }
        double length = memory[SIZE] * directionNorm;
        memory[LENGTH] = StepMemory.inRange(fellBack ? length : Math.min(length, longest));
    }

    /** Adapts the step size to the change of the losses; returns whether it fell back. */
    private static boolean adapt(double[] memory, StepInput input) {
        MemberLosses.Change members = input.losses().since(memory, FIXED);
        boolean paired = members.share() >= SAME_MEMBERS;
        double before = paired ? members.before() : memory[LOSS];
        double now = paired ? members.now() : input.loss();
        double predicted = memory[PREDICTED];
        double decrease = before - now;
        double surplus = decrease - ENOUGH * predicted;
        // One outlier must not count as noise for long.
        double most = OUTLIER * Math.max(predicted, memory[DEVIATION]);
        double deviation = Math.min(Math.min(Math.abs(surplus), most), Double.MAX_VALUE);
        memory[DEVIATION] += FORGET * (deviation - memory[DEVIATION]);
        double rounding = ROUNDING * Math.max(Math.abs(before), Math.abs(now));
        if (Math.max(predicted, Math.abs(decrease)) <= rounding) {
            return false;
        }
        double noise = Math.min(NOISE * memory[DEVIATION], Double.MAX_VALUE);
        double ratio = surplus / Math.max(Math.max(predicted, noise), rounding);
        if (paired && ratio < -OUTLIER) {
            memory[SIZE] = StepMemory.inRange(Math.min(memory[SIZE] / OUTLIER, memory[SMALLEST]));
            memory[SMALLEST] = memory[SIZE];
            return true;
        }
        double change = RATE * Math.max(-1, Math.min(1, ratio));
        memory[SIZE] = StepMemory.inRange(change >= 0 ? memory[SIZE] * (1 + change) : memory[SIZE] / (1 - change));
        if (paired) {
            memory[SMALLEST] = Math.min(memory[SMALLEST], memory[SIZE]);
        }
        return false;
    }
}
