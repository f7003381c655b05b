package io.evenkeel.core.step;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;

/**
 * The coordinator's half of error feedback: the model x and the weighted sum S = sum_i w_i g_i, stepped round by round.
 *
 * <p>Messages must be added in a fixed order, such as that of the members' ordinals, so that a round has the same bits each time it
 * is computed. Takes 16 d bytes. Not thread-safe.
 */
public final class ModelState {

    private final TensorLayout layout;
    private final double[] x;
    private final double[] sum;
    private final boolean retained;
    private double accumulated;

    /**
     * @param layout the tensors
     * @param x the model, d values; not copied
     * @param sum S, d values; not copied
     * @param retained whether S persists over rounds (EF21) or holds one round's messages only
     * @param accumulated the step rule's memory, 0 at first
     * @throws IllegalArgumentException if x or S has another length than d
     */
    public ModelState(TensorLayout layout, double[] x, double[] sum, boolean retained, double accumulated) {
        requireLength("x", x, layout);
        requireLength("S", sum, layout);
        this.layout = layout;
        this.x = x;
        this.sum = sum;
        this.retained = retained;
        this.accumulated = accumulated;
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
     * Adds a multiple of a member's whole vector: {@code -w} when it leaves, {@code w' - w} when its weight changes to w'.
     * Coordinates where the vector is zero keep their bits in S.
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
     * Takes the round's step along S/W.
     *
     * @param rule the step rule
     * @param weight W: the members' weights if S persists, else those of the round's participants; no step is taken if W is 0
     * @param gamma the round's step size
     * @return the step taken; x is unusable if it is {@linkplain #isFinite no longer finite}
     */
    public StepScale step(StepRule rule, double weight, double gamma) {
        StepScale scale =
                weight > 0 ? rule.scale(sum, weight, gamma, layout, accumulated) : StepScale.stationary(accumulated);
        repeat(scale);
        return scale;
    }

    /** Repeats a step along S that was computed before. */
    public void repeat(StepScale scale) {
        accumulated = scale.accumulated();
        scale.applyTo(x, sum, layout);
    }

    /** Returns whether every coordinate of x is finite. */
    public boolean isFinite() {
        double poison = 0;
        for (double value : x) {
            poison += 0 * value;
        }
        return poison == 0;
    }

    /** Returns the model x itself, d values. */
    public double[] x() {
        return x;
    }

    /** Returns the weighted sum S itself, d values. */
    public double[] sum() {
        return sum;
    }

    /** Returns the step rule's memory. */
    public double accumulated() {
        return accumulated;
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
