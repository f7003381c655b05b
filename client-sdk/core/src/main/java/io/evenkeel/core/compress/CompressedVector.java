package io.evenkeel.core.compress;

import io.evenkeel.core.vector.Norm;

/**
 * A compressed vector: values on a support, zero elsewhere. The values are exactly those that a receiver decodes.
 *
 * <p>Immutable as long as the caller does not change the array passed to the constructor; thread-safe.
 */
public final class CompressedVector {

    private final Support support;
    private final ValueCoding coding;
    private final double[] values;

    /**
     * @param support the coordinates
     * @param coding the coding to which the values were rounded
     * @param values one finite value per coordinate of the support, each representable in the coding; not copied
     * @throws IllegalArgumentException if the numbers of values and coordinates differ, or a value is not finite
     */
    public CompressedVector(Support support, ValueCoding coding, double[] values) {
        if (values.length != support.count()) {
            throw new IllegalArgumentException(
                    values.length + " values for " + support.count() + " coordinates: expected one for each");
        }
        for (int j = 0; j < values.length; j++) {
            if (!Double.isFinite(values[j])) {
                throw new IllegalArgumentException("the value at coordinate " + support.index(j) + " is " + values[j]
                        + ", expected a finite number");
            }
        }
        this.support = support;
        this.coding = coding;
        this.values = values;
    }

    /** Returns the number of coordinates d of the whole vector. */
    public int dimension() {
        return support.dimension();
    }

    /** Returns the number of values. */
    public int count() {
        return values.length;
    }

    /** Returns the coordinates that have a value. */
    public Support support() {
        return support;
    }

    /** Returns the coding of the values. */
    public ValueCoding coding() {
        return coding;
    }

    /** Returns the coordinate of the {@code j}-th value; ascending in j. */
    public int index(int j) {
        return support.index(j);
    }

    /** Returns the {@code j}-th value, in the order of the coordinates. */
    public double value(int j) {
        return values[j];
    }

    /**
     * Adds {@code weight} times this vector to {@code target}, in ascending order of the coordinates.
     *
     * @param target d values
     * @throws IllegalArgumentException if the target has a different length
     */
    public void addTo(double[] target, double weight) {
        addTo(target, weight, 0, dimension());
    }

    /**
     * Adds {@code weight} times a part of this vector to {@code target}, in ascending order of the
     * coordinates. Adding all parts gives the same bits as adding the whole. Adding one part of many vectors
     * at a time keeps that range of the target in the processor's cache.
     *
     * @param target d values
     * @param from the first value to add, {@code 0 <= from <= count()}
     * @param below the coordinate at which to stop
     * @return the first value that was not added
     * @throws IllegalArgumentException if the target has a different length
     */
    public int addTo(double[] target, double weight, int from, int below) {
        if (target.length != dimension()) {
            throw new IllegalArgumentException("target has " + target.length + " values, expected " + dimension());
        }
        int j = from;
        if (support instanceof Support.All) {
            for (; j < below && j < values.length; j++) {
                target[j] += weight * values[j];
            }
        } else {
            for (; j < values.length; j++) {
                int index = support.index(j);
                if (index >= below) {
                    break;
                }
                target[index] += weight * values[j];
            }
        }
        return j;
    }

    /** Returns the Euclidean norm, as {@link Norm#l2(double[])} computes it from the values. */
    public double norm() {
        return Norm.l2(values);
    }

    /** Returns the dense vector, d values. */
    public double[] toDense() {
        double[] dense = new double[dimension()];
        addTo(dense, 1);
        return dense;
    }

    @Override
    public String toString() {
        return count() + " of " + dimension() + " values as " + coding.text();
    }
}
