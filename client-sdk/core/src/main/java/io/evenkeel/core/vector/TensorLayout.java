package io.evenkeel.core.vector;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The division of a flat model's d coordinates into tensors, in order and without gaps. Immutable. */
public final class TensorLayout {

    private final List<Tensor> tensors;
    private final int[] offsets;

    private TensorLayout(List<Tensor> tensors) {
        this.tensors = List.copyOf(tensors);
        this.offsets = new int[tensors.size() + 1];
        Set<String> names = new HashSet<>();
        long end = 0;
        for (int i = 0; i < tensors.size(); i++) {
            Tensor tensor = tensors.get(i);
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("two tensors are named '" + tensor.name() + "': names are unique");
            }
            end += tensor.size();
            if (end > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "the tensors have more than " + Integer.MAX_VALUE + " values in all");
            }
            offsets[i + 1] = (int) end;
        }
    }

    /**
     * Lays out tensors consecutively.
     *
     * @param tensors at least one, with unique names
     * @throws IllegalArgumentException if the list is empty, a name repeats, or there are more than
     *     {@link Integer#MAX_VALUE} values in all
     */
    public static TensorLayout of(List<Tensor> tensors) {
        if (tensors.isEmpty()) {
            throw new IllegalArgumentException("a model has at least one tensor");
        }
        return new TensorLayout(new ArrayList<>(tensors));
    }

    /**
     * Returns a layout of one tensor named {@code x} with one axis.
     *
     * @param dimension the number of coordinates d, at least 1
     * @throws IllegalArgumentException if the dimension is below 1
     */
    public static TensorLayout flat(int dimension) {
        return of(List.of(new Tensor("x", List.of(dimension))));
    }

    /** Returns the number of coordinates d. */
    public int dimension() {
        return offsets[offsets.length - 1];
    }

    /** Returns the tensors in order. */
    public List<Tensor> tensors() {
        return tensors;
    }

    /** Returns the number of tensors. */
    public int size() {
        return tensors.size();
    }

    /** Returns the first coordinate of tensor {@code i}; {@code start(size())} is d. */
    public int start(int i) {
        return offsets[i];
    }

    /** Returns one past the last coordinate of tensor {@code i}. */
    public int end(int i) {
        return offsets[i + 1];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorLayout that && tensors.equals(that.tensors);
    }

    @Override
    public int hashCode() {
        return tensors.hashCode();
    }

    @Override
    public String toString() {
        return tensors.toString();
    }
}
