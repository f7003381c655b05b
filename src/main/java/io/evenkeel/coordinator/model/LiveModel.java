package io.evenkeel.coordinator.model;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.step.StepMemory;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.wire.ModelDelta;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.RoundUpdate;
import io.evenkeel.engine.definition.ValidatedPlan;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A run's newest state (x, S) in memory. It takes 16 d bytes, 8 d bytes for each vector that the step rule
 * remembers, 8 d bytes for the devices' model with a lossy downlink, and d/8 bytes for the set of coordinates
 * that a round changes in S.
 *
 * <p>The database is authoritative. After a failure in the middle of a round, {@link Models#forget} discards
 * this copy. Not thread-safe: {@link Models} grants access under a lock.
 */
public final class LiveModel {

    /**
     * The number of coordinates of S that, with their part of the set, fit into a core's cache (256 KiB)
     * while messages are added.
     */
    private static final int STRETCH = 1 << 15;

    private final ModelState state;
    private final boolean retained;
    private final DirtyCoordinates touched;
    private final @Nullable DeviceModel devices;
    private final boolean followsUpstream;
    private int round;

    LiveModel(int round, ModelState state, boolean retained, @Nullable DeviceModel devices, boolean followsUpstream) {
        this.state = state;
        this.retained = retained;
        this.touched = new DirtyCoordinates(state.layout().dimension());
        this.devices = devices;
        this.followsUpstream = followsUpstream;
        this.round = round;
    }

    /** Creates the state before round 0: x^0, not copied, and S = 0. */
    static LiveModel initial(ValidatedPlan plan, double[] x) {
        ModelState state = ModelState.start(plan.layout(), plan.algorithm().step(), x, plan.retainsSum());
        Compressor downlink = plan.downlink();
        DeviceModel devices = downlink == null ? null : DeviceModel.start(downlink, plan.seed(), x);
        return new LiveModel(0, state, plan.retainsSum(), devices, plan.followsUpstream());
    }

    /** Creates the state of a checkpoint; its arrays are not copied. */
    static LiveModel at(Checkpoints.Checkpoint checkpoint, ValidatedPlan plan) {
        ModelState state = new ModelState(
                plan.layout(),
                plan.algorithm().step(),
                checkpoint.state().x(),
                checkpoint.state().sum(),
                plan.retainsSum(),
                checkpoint.memory());
        return new LiveModel(
                checkpoint.round(), state, plan.retainsSum(), checkpoint.devices(), plan.followsUpstream());
    }

    /**
     * Returns a state that has a copy of S and shares everything else, to add up a round without closing it.
     */
    public LiveModel withCopiedSum(ValidatedPlan plan) {
        ModelState copied =
                new ModelState(plan.layout(), plan.algorithm().step(), x(), sum().clone(), retained, memory());
        return new LiveModel(round, copied, retained, devices, followsUpstream);
    }

    /** Returns the round k of x = x^k. */
    public int round() {
        return round;
    }

    /** Returns the d values of x, not copied. */
    public double[] x() {
        return state.x();
    }

    /** Returns the model that devices compute on, not copied: w with a lossy downlink, otherwise x. */
    public double[] devicesModel() {
        return devices == null ? state.x() : devices.w();
    }

    /** Returns the d values of S, not copied. */
    public double[] sum() {
        return state.sum();
    }

    /** Returns the step rule's memory, not copied. */
    public StepMemory memory() {
        return state.memory();
    }

    /** Starts to close the round; sets S to 0 if the run does not retain it. */
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
     * Adds messages, {@code S += weight * delta}, one range of coordinates at a time. For each coordinate,
     * the messages are added in order. Adding whole messages would load most of S from memory for each
     * message, because the coordinates of a message are far apart.
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

    /** Adds a multiple of a member's vector g_i, which has d values. */
    public void add(double[] memory, double weight) {
        state.add(memory, weight);
        for (int j = 0; j < memory.length; j++) {
            if (memory[j] != 0) {
                touched.add(j);
            }
        }
    }

    /**
     * Replaces S with a sum that was computed from the members' vectors.
     *
     * @param values d values
     */
    public void replaceSum(double[] values) {
        double[] sum = state.sum();
        for (int j = 0; j < sum.length; j++) {
            if (sum[j] != values[j]) {
                sum[j] = values[j];
                touched.add(j);
            }
        }
    }

    /**
     * Sets S to exactly 0. Used when there are no members, because additions and subtractions leave a
     * rounding error.
     */
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
     * Takes the step to x^{k+1}.
     *
     * @return the step taken; empty if a value of the state or the norm of the direction is no longer finite,
     *     which makes the state unusable
     */
    public Optional<StepScale> step(StepInput input) {
        StepScale scale = state.step(input);
        boolean finite = Double.isFinite(scale.directionNorm()) && isFinite(state.sum()) && state.isFinite();
        return finite ? Optional.of(scale) : Optional.empty();
    }

    /**
     * Takes x^{k+1} from the upstream run instead of taking a step.
     *
     * @param next d finite values; copied
     * @param weight W, by which S is divided for the figures of the round
     * @return the distance from x^k as the step's factor; empty if S is no longer finite, which makes the
     *     state unusable
     */
    public Optional<StepScale> takeOver(double[] next, double weight) {
        double[] x = state.x();
        double[] change = new double[x.length];
        for (int j = 0; j < x.length; j++) {
            change[j] = next[j] - x[j];
        }
        System.arraycopy(next, 0, x, 0, x.length);
        double norm = meanNorm(weight);
        StepScale scale = new StepScale(Norm.l2(change), new double[] {1}, norm, memory().numbers());
        return Double.isFinite(norm) && isFinite(state.sum()) ? Optional.of(scale) : Optional.empty();
    }

    /**
     * Closes the round without a step.
     *
     * @param weight W, by which S is divided for the figures of the round
     * @return a step of factor 0
     */
    public StepScale stay(double weight) {
        return new StepScale(0, new double[] {1}, meanNorm(weight), memory().numbers());
    }

    private double meanNorm(double weight) {
        return weight > 0 ? Norm.l2(state.sum()) / weight : 0;
    }

    private static boolean isFinite(double[] values) {
        double poison = 0;
        for (double value : values) {
            poison += 0 * value;
        }
        return poison == 0;
    }

    /**
     * Advances the devices' model, returns the round's changes, and marks the round as closed. The result
     * shares S's memory, so it must be written before the next round begins.
     */
    public RoundChange endRound(StepScale scale) {
        RoundUpdate update = RoundUpdate.of(round, retained, scale.factor(), scale.divisors(), changed(), state.sum());
        ModelDelta delta =
                followsUpstream ? new ModelDelta(round, whole(state.x().clone())) : follow();
        round++;
        return new RoundChange(update, delta);
    }

    private @Nullable ModelDelta follow() {
        if (devices == null) {
            return null;
        }
        CompressedVector delta = devices.follow(state.x(), round);
        state.followed(delta, devices.w());
        return new ModelDelta(round, delta);
    }

    private static CompressedVector whole(double[] values) {
        return new CompressedVector(new Support.All(values.length), ValueCoding.FLOAT64, values);
    }

    private Support changed() {
        int dimension = state.sum().length;
        // If almost all coordinates changed, a list of them would take more space than the unchanged values.
        return touched.count() > dimension - dimension / 8
                ? new Support.All(dimension)
                : new Support.Listed(dimension, touched.toArray());
    }

    /**
     * Repeats a closed round. The state is unusable after an exception.
     *
     * @param bytes the encoded update
     * @param length the length of the encoded update
     * @param delta the delta of the devices' model; null if the run has none
     * @param numbers the step rule's numbers after the round
     * @throws WireException if the bytes are not an update
     */
    void replay(InputStream bytes, long length, @Nullable ModelDelta delta, double[] numbers) throws IOException {
        RoundUpdate update = RoundUpdate.applyTo(
                state.sum(), bytes, length, FrameLimits.of(state.layout().dimension()));
        if (update.round() != round) {
            throw new IllegalStateException("the update belongs to round " + update.round() + ", expected " + round);
        }
        if (followsUpstream) {
            double[] next = Objects.requireNonNull(delta).vector().toDense();
            System.arraycopy(next, 0, state.x(), 0, next.length);
        } else {
            state.repeat(new StepScale(update.factor(), update.divisors(), 0, numbers));
        }
        if (devices != null) {
            devices.repeat(Objects.requireNonNull(delta).vector());
        }
        round++;
    }

    /**
     * Returns the state as a replica. The replica shares the state's arrays, so it must be used before the
     * next round begins.
     */
    Replica toReplica() {
        return new Replica(round, state.x(), state.sum());
    }

    /**
     * Returns the parts of the state that a replica lacks: the step rule's memory, and w with a lossy
     * downlink. Not copied.
     */
    double[][] besideReplica() {
        StepMemory memory = state.memory();
        Stream<double[]> vectors = IntStream.range(0, memory.vectorCount()).mapToObj(memory::vector);
        Stream<double[]> w = devices == null ? Stream.empty() : Stream.of(devices.w());
        return Stream.of(Stream.of(memory.numbers()), vectors, w)
                .flatMap(arrays -> arrays)
                .toArray(double[][]::new);
    }
}
