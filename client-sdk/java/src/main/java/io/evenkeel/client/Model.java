package io.evenkeel.client;

import io.evenkeel.core.vector.TensorLayout;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The model of a round, as float32, or as float64 if the device requested it. Immutable.
 *
 * <p>All devices that use float32 see the same bits, regardless of how the model was transferred.
 */
public final class Model {

    private static final int CHUNK = 1 << 14;

    private final TensorLayout layout;
    private final int round;
    private final float @Nullable [] singles;
    private final double @Nullable [] doubles;
    private final OptionalInt localSteps;

    private Model(
            TensorLayout layout,
            int round,
            float @Nullable [] singles,
            double @Nullable [] doubles,
            OptionalInt localSteps) {
        int length = singles != null ? singles.length : doubles == null ? 0 : doubles.length;
        if (length != layout.dimension()) {
            throw new IllegalArgumentException(
                    "the model has " + length + " values, expected " + layout.dimension() + " for " + layout);
        }
        this.layout = layout;
        this.round = round;
        this.singles = singles;
        this.doubles = doubles;
        this.localSteps = localSteps;
    }

    /**
     * Creates a single-precision model.
     *
     * @param values d values; not copied
     * @throws IllegalArgumentException if there are not d values
     */
    public static Model of(TensorLayout layout, int round, float[] values) {
        return new Model(layout, round, values, null, OptionalInt.empty());
    }

    /**
     * Creates a double-precision model.
     *
     * @param values d values; not copied
     * @throws IllegalArgumentException if there are not d values
     */
    public static Model of(TensorLayout layout, int round, double[] values) {
        return new Model(layout, round, null, values, OptionalInt.empty());
    }

    /**
     * Returns a model with the same tensors, precision and local steps.
     *
     * @param values d values; rounded if this model has single precision, not copied otherwise
     */
    public Model withValues(int otherRound, double[] values) {
        return singles == null
                ? new Model(layout, otherRound, null, values, localSteps)
                : new Model(layout, otherRound, rounded(values), null, localSteps);
    }

    /** Returns a copy for a run that prescribes a number of local steps; shares the values. */
    public Model withLocalSteps(OptionalInt steps) {
        return new Model(layout, round, singles, doubles, steps);
    }

    /**
     * Returns the number of optimizer steps that the run prescribes from this model, before the device returns the
     * difference; empty if the device decides.
     */
    public OptionalInt localSteps() {
        return localSteps;
    }

    /** Returns the round of this model, from 0. */
    public int round() {
        return round;
    }

    /** Returns the model's tensors. */
    public TensorLayout layout() {
        return layout;
    }

    /** Returns the number of values d. */
    public int dimension() {
        return layout.dimension();
    }

    /** Returns the value of a coordinate, {@code 0 <= j < d}. */
    public double get(int j) {
        return singles != null ? singles[j] : doubles()[j];
    }

    /** Returns all values in a new array. */
    public double[] toDoubles() {
        return slice(0, dimension());
    }

    /** Returns all values in a new array, rounded if the model has double precision. */
    public float[] toFloats() {
        if (singles != null) {
            return singles.clone();
        }
        return rounded(doubles());
    }

    private static float[] rounded(double[] values) {
        float[] rounded = new float[values.length];
        for (int j = 0; j < rounded.length; j++) {
            rounded[j] = (float) values[j];
        }
        return rounded;
    }

    /**
     * Returns one tensor's values in a new array, in row-major order.
     *
     * @throws IllegalArgumentException if the model has no such tensor
     */
    public double[] tensor(String name) {
        for (int i = 0; i < layout.size(); i++) {
            if (layout.tensors().get(i).name().equals(name)) {
                return slice(layout.start(i), layout.end(i));
            }
        }
        throw new IllegalArgumentException("the model has no tensor '" + name + "', only " + layout);
    }

    /** Writes all values as little-endian float32, rounded if the model has double precision. */
    public void writeFloats(OutputStream out) throws IOException {
        byte[] chunk = new byte[Math.min(dimension(), CHUNK) * Float.BYTES];
        FloatBuffer floats =
                ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int from = 0; from < dimension(); from += CHUNK) {
            int count = Math.min(CHUNK, dimension() - from);
            for (int j = 0; j < count; j++) {
                floats.put(j, (float) get(from + j));
            }
            out.write(chunk, 0, count * Float.BYTES);
        }
    }

    private double[] slice(int from, int to) {
        if (singles == null) {
            return Arrays.copyOfRange(doubles(), from, to);
        }
        double[] values = new double[to - from];
        for (int j = 0; j < values.length; j++) {
            values[j] = singles[from + j];
        }
        return values;
    }

    private double[] doubles() {
        if (doubles == null) {
            throw new IllegalStateException("the model is of single precision");
        }
        return doubles;
    }
}
