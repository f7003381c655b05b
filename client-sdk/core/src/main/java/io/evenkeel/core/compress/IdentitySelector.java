package io.evenkeel.core.compress;

import java.util.OptionalDouble;

/** Selects every coordinate. */
record IdentitySelector(int dimension) implements Selector {

    @Override
    public Support select(VectorDifference vector, long seed) {
        return new Support.All(dimension);
    }

    @Override
    public int maxCount() {
        return dimension;
    }

    @Override
    public OptionalDouble alpha() {
        return OptionalDouble.of(1);
    }
}
