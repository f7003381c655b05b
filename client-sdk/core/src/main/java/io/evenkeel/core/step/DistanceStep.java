package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.catalogue.Need;
import io.evenkeel.core.catalogue.Parameter;
import io.evenkeel.core.vector.Norm;
import java.util.List;

/**
 * {@code x - gamma r_k g/sqrt(sum_{j<=k} ||g^j||^2)} with the farthest distance so far, {@code r_k = max(r_0,
 * max_{j<=k} ||x^j - x^0||)}: distance over gradients (Ivgi, Hinder, Carmon, ICML 2023, arXiv 2302.12022) on
 * the fed-back direction. It needs no step size: gamma is 1 in the paper.
 *
 * <p>The first step has the length gamma r_0. The paper takes a small share of 1 + ||x^0||, which depends on
 * the unit of x. Here r_0 is a share of the Polyak step's length {@code f/||g^0||} for a loss f whose infimum
 * is near 0. It is correct in every unit of x and f. If no device reports a loss above 0, r_0 is a hundredth
 * of the share of 1 + ||x^0||.
 *
 * <p>Members that join, leave or change their weight change the function, and x may be any distance away from its new
 * optimum. So x^0 becomes the current x, and r_k falls back to r_0; the accumulated norm stays. Without this reset a
 * step after the change would be as long as the whole distance so far, as soon as ||g|| is as large as at the start.
 *
 * <p>A small r_0 costs a few rounds, since r_k grows by a factor in each of the first rounds. An r_0 beyond the
 * distance to the optimum makes all steps too long.
 *
 * @param share the share of the Polyak step in the first step, finite and above 0
 */
public record DistanceStep(double share) implements StepRule {

    static final Entry ENTRY = Entry.of(
                    "distance-over-gradients",
                    "Steps that grow with the distance from the start and shrink as gradients add up; nothing to tune.",
                    Parameter.positive("share", 0.01))
            .needing(Need.LOSSES)
            .excluding(Feature.PRIVACY, Feature.SECURE_AGGREGATION);

    private static final int ROOT = 0;
    private static final int FARTHEST = 1;
    private static final int FIRST = 2;
    private static final int WEIGHT = 3;
    private static final int CHANGES = 4;

    public DistanceStep {
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
        return StepLength.SHRINKING;
    }

    @Override
    public Schedule defaultGamma(boolean momentum) {
        return new Schedule.Constant(1);
    }

    /**
     * Remembers the root of the sum of squares, the farthest distance (0 before the first step), r_0, the members'
     * weight, the number of changes of members, and x^0.
     */
    @Override
    public StepMemory start(double[] x) {
        return new StepMemory(new double[5], x.clone());
    }

    @Override
    public int vectors() {
        return 1;
    }

    @Override
    public StepScale scale(ModelState state, StepInput input) {
        double norm = Norm.l2(state.sum());
        StepMemory memory = state.memory();
        if (norm == 0) {
            return StepScale.stationary(memory);
        }
        double directionNorm = norm / input.weight();
        double root = StrictMath.hypot(memory.number(ROOT), directionNorm);
        double first = memory.number(FIRST);
        double changes = memory.number(CHANGES);
        double farthest;
        if (first == 0) {
            first = FirstLength.of(share, input.loss(), directionNorm, memory.vector(0));
            farthest = first;
        } else if (input.changedShare(memory.number(WEIGHT)) > 0) {
            farthest = first;
            changes++;
        } else {
            farthest = Math.max(memory.number(FARTHEST), Norm.distance(state.x(), memory.vector(0)));
        }
        return new StepScale(
                input.gamma() * farthest, new double[] {input.weight() * root}, directionNorm, new double[] {
                    root, farthest, first, input.weight(), changes
                });
    }

    /** Takes the step, from a new x^0 if members have changed. */
    @Override
    public void apply(ModelState state, StepScale scale) {
        StepMemory memory = state.memory();
        if (scale.numbers()[CHANGES] > memory.number(CHANGES)) {
            System.arraycopy(state.x(), 0, memory.vector(0), 0, state.x().length);
        }
        scale.applyTo(state.x(), state.sum(), state.layout());
    }
}
