package io.evenkeel.core.step;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.TensorLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes the coordinator's step along the fleet's direction g = S/W, where S is the weighted sum of the
 * clients' vectors and W the sum of their weights. Immutable: {@link ModelState} keeps a rule's memory between rounds.
 *
 * <p>A step has two parts. {@link #scale} computes a recipe, which is stored and sent to devices.
 * {@link #apply} takes the step that the recipe describes, and gives the same bits each time it is repeated
 * on the same state.
 */
public sealed interface StepRule
        permits PlainStep,
                NormalizedStep,
                LayerwiseNormalizedStep,
                AccumulatedNormStep,
                DistanceStep,
                SufficientDecreaseStep,
                SlopeStep,
                MuonStep,
                CoordinatewiseStep {

    /** Returns the catalogue entry of rules of this kind. */
    Entry entry();

    /** Returns the values of the parameters. */
    default List<Number> parameters() {
        return List.of();
    }

    /** Returns the name and the parameters, as {@link #parse} reads them. */
    default String text() {
        StringBuilder text = new StringBuilder(name());
        parameters().forEach(parameter -> text.append(':').append(parameter));
        return text.toString();
    }

    /** Returns the name without the parameters. */
    default String name() {
        return entry().name();
    }

    /** Returns the quantity that determines the length of a step. */
    default StepLength length() {
        return StepLength.OTHER;
    }

    /**
     * Returns the default step size, or null if it depends on the loss.
     *
     * @param momentum whether the clients use momentum
     */
    @Nullable
    Schedule defaultGamma(boolean momentum);

    /**
     * Returns the limit of the step's length over gamma ||g|| along a constant direction, for a rule without a default
     * step size.
     */
    default double gain() {
        return 1;
    }

    /**
     * Returns the memory before round 0.
     *
     * @param x the model x^0, d values; not kept
     */
    default StepMemory start(double[] x) {
        return StepMemory.none();
    }

    /**
     * Returns the maximum number of numbers that a memory may have in addition to those at the start.
     *
     * @param numbers the memory's numbers, at least as many as at the start
     */
    default int moreNumbers(double[] numbers) {
        return 0;
    }

    /** Returns the number of vectors that the rule remembers. */
    default int vectors() {
        return 0;
    }

    /** Returns the number of values that {@link #apply} allocates during a step. */
    default long scratchValues(TensorLayout layout) {
        return 0;
    }

    /** Returns whether {@link #scale} reads the losses by member, so they must be collected. */
    default boolean readsMemberLosses() {
        return false;
    }

    /** Returns whether {@link #scale} reads the slopes that devices measure, so devices must report them. */
    default boolean readsSlopes() {
        return false;
    }

    /**
     * Returns whether devices can repeat the step from x, S and a {@link StepScale} in one pass. If not, they cannot
     * follow the model by round updates, and download it instead.
     */
    default boolean isRepeatable() {
        return true;
    }

    /**
     * Computes the round's step along S and changes nothing. By default the recipe's factor is gamma and its
     * divisor is W.
     *
     * @param state x, S and the memory
     * @param input the round's input, with a weight above 0
     */
    default StepScale scale(ModelState state, StepInput input) {
        double norm = Norm.l2(state.sum());
        return norm == 0
                ? StepScale.stationary(state.memory())
                : new StepScale(
                        input.gamma(),
                        new double[] {input.weight()},
                        norm / input.weight(),
                        state.memory().numbers());
    }

    /**
     * Returns the memory's numbers after the devices' model followed a step over a lossy downlink.
     *
     * @param numbers the memory's numbers after the step; may be changed and returned
     * @param moved {@code ||w^{k+1} - w^k||}
     * @param behind {@code ||x^{k+1} - w^{k+1}||}
     */
    default double[] followed(double[] numbers, double moved, double behind) {
        return numbers;
    }

    /** Takes a step: changes x and the memory's vectors. */
    default void apply(ModelState state, StepScale scale) {
        scale.applyTo(state.x(), state.sum(), state.layout());
    }

    /**
     * Reads a rule, such as {@code normalized} or {@code fedadam:0.9:0.99:0.001}. Trailing parameters may be
     * omitted.
     *
     * @throws IllegalArgumentException if there is no such rule (the message lists the known ones), or a parameter is
     *     out of range
     */
    static StepRule parse(String text) {
        return StepRules.parse(text);
    }

    /** Returns a rule of each kind, with the default parameters. */
    static List<StepRule> all() {
        return StepRules.all();
    }
}
