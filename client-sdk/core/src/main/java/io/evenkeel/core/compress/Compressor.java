package io.evenkeel.core.compress;

import io.evenkeel.core.vector.TensorLayout;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A compressor C: R^d -> R^d for the vectors of one model, deterministic given its seed. Immutable and safe to share between
 * threads; {@link CompressorSpec#bind(TensorLayout)} makes one.
 */
public final class Compressor {

    /** 1 - e^2 for the relative error e <= 2^-21 of a sign message's scale: a sum of up to 2^31 doubles, then a float32. */
    private static final double SIGN_SCALE_FACTOR = 1 - 0x1.0p-42;

    private final CompressorSpec spec;
    private final int dimension;
    private final Selector selector;

    Compressor(CompressorSpec spec, int dimension, Selector selector) {
        this.spec = spec;
        this.dimension = dimension;
        this.selector = selector;
    }

    /** Returns what this was bound from. */
    public CompressorSpec spec() {
        return spec;
    }

    /** Returns the number of coordinates d of the vectors this compresses. */
    public int dimension() {
        return dimension;
    }

    /** Returns the largest number of values a message of this compressor has, from 1 to d. */
    public int maxCount() {
        return selector.maxCount();
    }

    /**
     * Returns the contraction factor alpha in (0, 1]: {@code E||C(u) - u||^2 <= (1 - alpha) ||u||^2} for every u, where only
     * {@code rand-k} needs the expectation, taken over the seed. Empty for {@code threshold}, whose factor depends on u.
     *
     * <p>It is the selection's alpha (for K of d coordinates K/d; for K of B blocks K/B; for tensors the smallest of theirs)
     * times what the coding leaves of it: 1 - delta^2 for a relative rounding error delta. Of a message of m values
     * {@code sign} leaves at least 1/m of the selection's, since {@code ||u||_1 >= ||u||}, less 2^-42 for the rounding of its
     * scale.
     *
     * <p>It holds as long as the magnitudes sent are at most {@link ValueCoding#largest()}; beyond, values saturate, and all
     * that holds is {@code ||C(u) - u|| <= ||u||}. Below the coding's normal range each of the m values sent is off by up to
     * {@link ValueCoding#absoluteError()}, which adds m times its square to the right-hand side.
     */
    public OptionalDouble alpha() {
        OptionalDouble ofSelection = selector.alpha();
        return ofSelection.isPresent()
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
     * Compresses {@code u - minus}, which is computed on the way and never stored. A difference beyond double's range counts
     * as the largest double of its sign, so that it is sent first and what is missing is left to error feedback.
     *
     * <p>Besides the message it takes no memory that grows with d: some 25 K bytes and up to 0.3 MiB for top-k; but one double a
     * block for block-top-k, and one bit a coordinate for rand-k.
     *
     * @param u d finite values, left alone
     * @param minus d finite values, left alone; null for zeros
     * @param seed what {@code rand-k} draws its coordinates from; the others ignore it
     * @return the values as a receiver will decode them. Where the coordinates are listed (top-k, layer-top-k, threshold),
     *     values that are or round to zero are left out
     * @throws IllegalArgumentException if an array is not d long, or a value to be sent is NaN
     */
    public CompressedVector compress(double[] u, double @Nullable [] minus, long seed) {
        expectLengths(u.length, minus);
        return compress(new Difference(u, minus), seed);
    }

    /** Compresses as {@link #compress(double[], double[], long)} does; a float counts as the double of the same value. */
    public CompressedVector compress(float[] u, double @Nullable [] minus, long seed) {
        expectLengths(u.length, minus);
        return compress(new Difference(u, minus), seed);
    }

    private CompressedVector compress(Difference difference, long seed) {
        Support support = selector.select(difference, seed);
        double[] values = difference.at(support);
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
