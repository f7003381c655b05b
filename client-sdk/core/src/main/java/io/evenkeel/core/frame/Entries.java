package io.evenkeel.core.frame;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Converts the fields of a message written as JSON to a compressed vector. The same fields give the same
 * bytes and the same digest in every SDK. The rules are in client-sdk/FORMAT.md, "The JSON twin".
 */
public final class Entries {

    private Entries() {}

    /**
     * Returns the vector described by {@code indices}, {@code values} and {@code coding}.
     *
     * @param dimension the number of coordinates d of the run's model
     * @param indices strictly ascending, one for each value, each from 0 to d - 1; null if there is a value for each
     *     coordinate; not copied
     * @param values finite; rounded to values that the coding can represent; the array is not changed
     * @param coding the coding of the values
     * @throws InvalidEntryException if the fields contradict each other or one is invalid; the message names
     *     the field or entry
     */
    public static CompressedVector vector(
            int dimension, int @Nullable [] indices, double[] values, ValueCoding coding) {
        for (int j = 0; j < values.length; j++) {
            if (!Double.isFinite(values[j])) {
                throw new InvalidEntryException("values[" + j + "]", "" + values[j], "a finite number");
            }
        }
        Support support = support(dimension, indices, values.length);
        double[] rounded = values.clone();
        coding.round(rounded);
        return new CompressedVector(support, coding, rounded);
    }

    /**
     * Returns the coding with the given name, or float32 for null.
     *
     * @throws InvalidEntryException if no coding has the name
     */
    public static ValueCoding coding(@Nullable String name) {
        if (name == null) {
            return ValueCoding.FLOAT32;
        }
        for (ValueCoding coding : ValueCoding.values()) {
            if (coding.text().equals(name)) {
                return coding;
            }
        }
        throw new InvalidEntryException(
                "coding",
                "'" + name + "'",
                Arrays.stream(ValueCoding.values())
                        .map(ValueCoding::text)
                        .collect(Collectors.joining(", ", "one of ", "")));
    }

    private static Support support(int dimension, int @Nullable [] indices, int count) {
        if (indices == null) {
            if (count != dimension) {
                throw new InvalidEntryException(
                        "values",
                        "a list of " + count,
                        dimension + ", one for each coordinate, or a list of indices beside it");
            }
            return new Support.All(dimension);
        }
        if (indices.length != count) {
            throw new InvalidEntryException(
                    "indices", "a list of " + indices.length, count + ", one for each of the values");
        }
        checkIndices(dimension, indices);
        return count == dimension ? new Support.All(dimension) : new Support.Listed(dimension, indices);
    }

    private static void checkIndices(int dimension, int[] indices) {
        int previous = -1;
        for (int i = 0; i < indices.length; i++) {
            if (indices[i] < 0 || indices[i] >= dimension) {
                throw new InvalidEntryException("indices[" + i + "]", "" + indices[i], "0 to " + (dimension - 1));
            }
            if (indices[i] <= previous) {
                throw new InvalidEntryException(
                        "indices[" + i + "]",
                        indices[i] + " after " + previous,
                        "strictly ascending indices: sort them, and add up the values of equal ones");
            }
            previous = indices[i];
        }
    }
}
