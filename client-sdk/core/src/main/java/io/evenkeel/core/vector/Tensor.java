package io.evenkeel.core.vector;

import java.util.List;

/**
 * A named block of consecutive coordinates of a flat model.
 *
 * @param name the tensor's name, not blank, unique in its layout
 * @param shape the lengths of its axes, at most {@value #MAX_AXES}, each at least 1; empty for a scalar
 */
public record Tensor(String name, List<Integer> shape) {

    /** The maximum number of axes, as in numpy. */
    public static final int MAX_AXES = 64;

    /**
     * @throws IllegalArgumentException if the name is blank, there are too many axes, an axis is below 1, or
     *     the tensor has more than {@link Integer#MAX_VALUE} values
     */
    public Tensor {
        shape = List.copyOf(shape);
        if (name.codePoints().allMatch(Character::isWhitespace)) {
            throw new IllegalArgumentException("a tensor's name is blank: give each tensor a name");
        }
        if (shape.size() > MAX_AXES) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' has " + shape.size() + " axes, expected at most " + MAX_AXES);
        }
        long size = 1;
        for (int axis : shape) {
            if (axis < 1) {
                throw new IllegalArgumentException(
                        "tensor '" + name + "' has an axis of length " + axis + ": every axis is at least 1");
            }
            size *= axis;
            if (size > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("tensor '" + name + "' with shape " + shape + " has more than "
                        + Integer.MAX_VALUE + " values");
            }
        }
    }

    /** Returns the number of values, the product of the axes. */
    public int size() {
        int size = 1;
        for (int axis : shape) {
            size *= axis;
        }
        return size;
    }
}
