package io.evenkeel.core.step;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;

/**
 * The coordinator's half of error feedback: the model x and the weighted sum S = sum_i w_i g_i, stepped round by round.
 *
 * <p>Messages must be added in a fixed order, such as that of the members' ordinals, so that a round has the
 * same bits each time it is computed. Takes 16 d bytes, plus 8 d for each vector that the step rule
 * remembers. Not thread-safe.
 */
public final class ModelState {

    private final TensorLayout layout;
    private final StepRule rule;
    private final double[] x;
    private final double[] sum;
    private final boolean retained;
    private final StepMemory memory;

    /**
     * @param layout the tensors
     * @param rule the step rule
     * @param x the model, d values; not copied
     * @param sum S, d values; not copied
     * @param retained whether S persists over rounds (EF21) or holds one round's messages only
     * @param memory the step rule's memory; not copied
     * @throws IllegalArgumentException if the length of a vector is not d
     */
    public ModelState(
            TensorLayout layout, StepRule rule, double[] x, double[] sum, boolean retained, StepMemory memory) {
        requireLength("x", x, layout);
        requireLength("S", sum, layout);
        for (int i = 0; i < memory.vectorCount(); i++) {
            requireLength("a vector of the step rule", memory.vector(i), layout);
        }
        this.layout = layout;
        this.rule = rule;
        this.x = x;
        this.sum = sum;
        this.retained = retained;
        this.memory = memory;
    }

    /**
     * Returns the state before round 0, with S = 0.
     *
     * @param x the model x^0, d values; not copied
     */
    public static ModelState start(TensorLayout layout, StepRule rule, double[] x, boolean retained) {
        return new ModelState(layout, rule, x, new double[x.length], retained, rule.start(x));
    }

    /** Sets S to zero if it does not persist over rounds. */
    public void beginRound() {
        if (!retained) {
            Arrays.fill(sum, 0);
        }
    }

    /** Adds a client's message, {@code S += weight * delta}. */
    public void add(CompressedVector delta, double weight) {
        delta.addTo(sum, weight);
    }

    /**
     * Adds a part of a client's message, from its {@code from}-th value up to coordinate {@code below}, exclusive.
     *
     * @return the number of the first value that was not added
     * @see CompressedVector#addTo(double[], double, int, int)
     */
    public int add(CompressedVector delta, double weight, int from, int below) {
        return delta.addTo(sum, weight, from, below);
    }

    /**
     * Adds a multiple of a member's whole vector: {@code -w} when it leaves, {@code w' - w} when its weight
     * changes to w'. Coordinates where the vector is zero keep their bits in S.
     *
     * @param memory g_i, d values
     */
    public void add(double[] memory, double weight) {
        requireLength("g_i", memory, layout);
        for (int j = 0; j < sum.length; j++) {
            if (memory[j] != 0) {
                sum[j] += weight * memory[j];
            }
        }
    }

    /**
     * Takes the round's step along S/W, or no step if W is 0.
     *
     * @return the step taken; the state is unusable if it is {@linkplain #isFinite no longer finite}
     */
    public StepScale step(StepInput input) {
        StepScale scale = input.weight() > 0 ? rule.scale(this, input) : StepScale.stationary(memory);
        repeat(scale);
        return scale;
    }

    /** Repeats a previously computed step along S. */
    public void repeat(StepScale scale) {
        rule.apply(this, scale);
        memory.setNumbers(scale.numbers());
    }

    /**
     * Informs the step rule of how the devices' model followed the step over a lossy downlink.
     *
     * @param delta the round's message, {@code w^{k+1} - w^k} before rounding
     * @param w w^{k+1}, d values; not changed
     */
    public void followed(CompressedVector delta, double[] w) {
        if (!rule.readsSlopes()) {
            return;
        }
        double[] moved = new double[delta.count()];
        Arrays.setAll(moved, delta::value);
        memory.setNumbers(rule.followed(memory.numbers(), Norm.l2(moved), Norm.distance(x, w)));
    }

    /** Returns whether every coordinate of x, and everything that the step rule remembers, is finite. */
    public boolean isFinite() {
        double poison = 0;
        for (double value : x) {
            poison += 0 * value;
        }
        return poison == 0 && memory.isFinite();
    }

    /** Returns the model x itself, d values. */
    public double[] x() {
        return x;
    }

    /** Returns the weighted sum S itself, d values. */
    public double[] sum() {
        return sum;
    }

    /** Returns the step rule's memory, not a copy. */
    public StepMemory memory() {
        return memory;
    }

    /** Returns the tensors. */
    public TensorLayout layout() {
        return layout;
    }

    private static void requireLength(String name, double[] values, TensorLayout layout) {
        if (values.length != layout.dimension()) {
            throw new IllegalArgumentException(
                    name + " has " + values.length + " values, expected " + layout.dimension());
        }
    }
}
