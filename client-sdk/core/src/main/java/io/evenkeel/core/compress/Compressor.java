package io.evenkeel.core.compress;

import io.evenkeel.core.vector.TensorLayout;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A compressor C: R^d -> R^d for the vectors of one model, deterministic given its seed. Immutable and safe
 * to share between threads; {@link CompressorSpec#bind(TensorLayout)} makes one.
 */
public final class Compressor {

    /**
     * The value of 1 - e^2, where e is the relative error of a sign message's scale, at most 2^-21: a sum of
     * up to 2^31 doubles, rounded to float32.
     */
    private static final double SIGN_SCALE_FACTOR = 1 - 0x1.0p-42;

    private final CompressorSpec spec;
    private final int dimension;
    private final Selector selector;
    private final @Nullable ReleaseMechanism mechanism;

    Compressor(CompressorSpec spec, int dimension, Selector selector) {
        this(spec, dimension, selector, null);
    }

    private Compressor(CompressorSpec spec, int dimension, Selector selector, @Nullable ReleaseMechanism mechanism) {
        this.spec = spec;
        this.dimension = dimension;
        this.selector = selector;
        this.mechanism = mechanism;
    }

    /**
     * Returns a copy with a mechanism in place of rounding. The copy has no contraction factor. Its messages
     * are random if the mechanism is random, and it is as thread-safe as the mechanism.
     */
    public Compressor releasing(ReleaseMechanism other) {
        return new Compressor(spec, dimension, selector, other);
    }

    /** Returns the specification that this compressor was bound from. */
    public CompressorSpec spec() {
        return spec;
    }

    /** Returns d, the number of coordinates of the vectors that this compressor accepts. */
    public int dimension() {
        return dimension;
    }

    /** Returns the maximum number of values in a message of this compressor, from 1 to d. */
    public int maxCount() {
        return selector.maxCount();
    }

    /**
     * Returns the contraction factor alpha in (0, 1]: {@code E||C(u) - u||^2 <= (1 - alpha) ||u||^2} for
     * every u, where only {@code rand-k} needs the expectation, taken over the seed. Empty for
     * {@code threshold}, whose factor depends on u, and with a {@linkplain #releasing mechanism}.
     *
     * <p>It is the selection's alpha (for K of d coordinates K/d; for K of B blocks K/B; for tensors the
     * smallest alpha of any tensor) times a factor of the coding: 1 - delta^2 for a relative rounding error
     * delta. The factor of {@code sign} is 1/m for a message of m values, since {@code ||u||_1 >= ||u||},
     * less 2^-42 for the rounding of its scale.
     *
     * <p>The bound holds for magnitudes up to {@link ValueCoding#largest()}. Larger values saturate; then
     * only {@code ||C(u) - u|| <= ||u||} holds. Below the coding's normal range each of the m values sent is
     * off by up to {@link ValueCoding#absoluteError()}, which adds m times its square to the right-hand side.
     */
    public OptionalDouble alpha() {
        OptionalDouble ofSelection = selector.alpha();
        return ofSelection.isPresent() && mechanism == null
                ? OptionalDouble.of(ofSelection.getAsDouble() * codingFactor())
                : OptionalDouble.empty();
    }

    private double codingFactor() {
        if (spec.coding() == ValueCoding.SIGN) {
            return SIGN_SCALE_FACTOR / maxCount();
        }
        double delta = spec.coding().relativeError();
        return 1 - delta * delta;
    }

    /**
     * Compresses {@code u - minus} without storing the difference. A difference beyond double's range counts as the
     * largest double of its sign; error feedback sends the rest later.
     *
     * <p>In addition to the message, takes about 25 K bytes plus up to 0.3 MiB for top-k, one double per block for
     * block-top-k, and one bit per coordinate for rand-k.
     *
     * @param u d finite values; not changed
     * @param minus d finite values; not changed; null for zeros
     * @param seed the seed from which {@code rand-k} draws its coordinates; the other selections ignore it
     * @return the values as a receiver decodes them. Selections that list coordinates (top-k, layer-top-k, threshold)
     *     leave out values that are zero or round to zero
     * @throws IllegalArgumentException if an array does not have d values, or a value to send is NaN
     */
    public CompressedVector compress(double[] u, double @Nullable [] minus, long seed) {
        expectLengths(u.length, minus);
        return compress(new VectorDifference(u, minus), seed);
    }

    /**
     * Compresses as {@link #compress(double[], double[], long)} does; a float counts as the double of the
     * same value.
     */
    public CompressedVector compress(float[] u, double @Nullable [] minus, long seed) {
        expectLengths(u.length, minus);
        return compress(new VectorDifference(u, minus), seed);
    }

    private CompressedVector compress(VectorDifference difference, long seed) {
        Support support = selector.select(difference, seed);
        double[] values = difference.at(support);
        if (mechanism != null) {
            mechanism.release(values);
            return new CompressedVector(support, spec.coding(), values);
        }
        spec.coding().round(values);
        if (support instanceof Support.Listed listed) {
            return withoutZeros(listed, values);
        }
        return new CompressedVector(support, spec.coding(), values);
    }

    private void expectLengths(int length, double @Nullable [] minus) {
        expectLength("u", length);
        if (minus != null) {
            expectLength("minus", minus.length);
        }
    }

    private void expectLength(String name, int length) {
        if (length != dimension) {
            throw new IllegalArgumentException(name + " has " + length + " values, but the model of compressor '" + spec
                    + "' has " + dimension + ": give one value for each");
        }
    }

    private CompressedVector withoutZeros(Support.Listed support, double[] values) {
        int count = 0;
        for (double value : values) {
            count += value == 0 ? 0 : 1;
        }
        if (count == values.length) {
            return new CompressedVector(support, spec.coding(), values);
        }
        int[] indices = new int[count];
        double[] nonZero = new double[count];
        int filled = 0;
        for (int j = 0; j < values.length; j++) {
            if (values[j] != 0) {
                indices[filled] = support.index(j);
                nonZero[filled++] = values[j];
            }
        }
        return new CompressedVector(new Support.Listed(dimension, indices), spec.coding(), nonZero);
    }

    @Override
    public String toString() {
        return spec + " of " + dimension;
    }
}
