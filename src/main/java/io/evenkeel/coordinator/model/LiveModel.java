package io.evenkeel.coordinator.model;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.RoundUpdate;
import java.util.List;
import java.util.Optional;

/**
 * A run's newest state (x, S) in memory: 16 d bytes, and d/8 for remembering which coordinates of S a round touches.
 *
 * <p>The database is the truth and this only follows it: whoever fails half-way through a round lets {@link Models#forget} throw it
 * away. Not thread-safe: {@link Models} hands it out under its lock.
 */
public final class LiveModel {

    /** Coordinates of S that, with which of them were touched, stay in a processor's own cache (256 KiB) while messages are added. */
    private static final int STRETCH = 1 << 15;

    private final ModelState state;
    private final boolean retained;
    private final DirtyCoordinates touched;
    private int round;

    LiveModel(int round, double[] x, double[] sum, TensorLayout layout, boolean retained, double accumulated) {
        this.state = new ModelState(layout, x, sum, retained, accumulated);
        this.retained = retained;
        this.touched = new DirtyCoordinates(layout.dimension());
        this.round = round;
    }

    /** Returns k, if x is x^k. */
    public int round() {
        return round;
    }

    /** Returns x itself, d values. */
    public double[] x() {
        return state.x();
    }

    /** Returns S itself, d values. */
    public double[] sum() {
        return state.sum();
    }

    /** Returns the step rule's memory. */
    public double accumulated() {
        return state.accumulated();
    }

    /** Begins to close the round; where S does not persist it begins at 0. */
    public void beginRound() {
        touched.clear();
        state.beginRound();
    }

    /**
     * A message with its sender's weight.
     *
     * @param delta d coordinates
     * @param weight w_i
     */
    public record Weighted(CompressedVector delta, double weight) {}

    /**
     * Adds messages, {@code S += weight * delta}: to each coordinate in their order, to one stretch of coordinates after the other.
     * One message after the other would have to fetch most of S from memory for each, as its coordinates are far apart.
     */
    public void add(List<Weighted> messages) {
        int dimension = state.sum().length;
        int[] added = new int[messages.size()];
        int end = 0;
        while (end < dimension) {
            end = Math.min(dimension - STRETCH, end) + STRETCH;
            for (int i = 0; i < added.length; i++) {
                CompressedVector delta = messages.get(i).delta();
                int next = state.add(delta, messages.get(i).weight(), added[i], end);
                touched.add(delta, added[i], next);
                added[i] = next;
            }
        }
    }

    /** Adds a multiple of a member's vector g_i, d values. */
    public void add(double[] memory, double weight) {
        state.add(memory, weight);
        for (int j = 0; j < memory.length; j++) {
            if (memory[j] != 0) {
                touched.add(j);
            }
        }
    }

    /** Sets S to exactly 0, as it is when there are no members, where sums and differences leave a rounding error. */
    public void clearSum() {
        double[] sum = state.sum();
        for (int j = 0; j < sum.length; j++) {
            if (sum[j] != 0) {
                sum[j] = 0;
                touched.add(j);
            }
        }
    }

    /**
     * Steps to x^{k+1}.
     *
     * @param weight W; without any weight there is no direction, and no step
     * @return what was done; empty if a coordinate of x or S, or the direction's norm, is no longer finite, so that the state is
     *     spoilt
     */
    public Optional<StepScale> step(StepRule rule, double weight, double gamma) {
        StepScale scale = state.step(rule, weight, gamma);
        boolean finite = Double.isFinite(scale.directionNorm()) && isFinite(state.sum()) && state.isFinite();
        return finite ? Optional.of(scale) : Optional.empty();
    }

    private static boolean isFinite(double[] values) {
        double poison = 0;
        for (double value : values) {
            poison += 0 * value;
        }
        return poison == 0;
    }

    /** Returns what this round changed, and counts it as closed. It may share S's memory: to be written before the next round begins. */
    public RoundUpdate endRound(StepScale scale) {
        RoundUpdate update = new RoundUpdate(round, retained, scale.factor(), scale.divisors(), changes());
        round++;
        return update;
    }

    private CompressedVector changes() {
        double[] sum = state.sum();
        int count = touched.count();
        // Near the full number, telling which coordinates changed takes more than the others' values.
        if (count > sum.length - sum.length / 8) {
            return new CompressedVector(new Support.All(sum.length), ValueCoding.FLOAT64, sum);
        }
        int[] indices = touched.toArray();
        double[] values = new double[count];
        for (int j = 0; j < count; j++) {
            values[j] = sum[indices[j]];
        }
        return new CompressedVector(new Support.Listed(sum.length, indices), ValueCoding.FLOAT64, values);
    }

    /** Does again what a closed round did, as its update says. */
    void replay(RoundUpdate update, double accumulatedAfter) {
        if (update.round() != round) {
            throw new IllegalStateException("the update is of round " + update.round() + ", expected " + round);
        }
        update.applyTo(state.sum());
        state.repeat(new StepScale(update.factor(), update.divisors(), 0, accumulatedAfter));
        round++;
    }

    /** Returns the state as a replica, which shares its arrays: to be used before the next round begins. */
    Replica toReplica() {
        return new Replica(round, state.x(), state.sum());
    }
}
