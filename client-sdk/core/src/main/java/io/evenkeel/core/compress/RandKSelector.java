package io.evenkeel.core.compress;

import java.util.OptionalDouble;

/**
 * Selects K of d coordinates. Over all seeds, every set of K coordinates is equally likely. Does not scale values by
 * d/K, because the result would not be a contraction.
 */
final class RandKSelector implements Selector {

    private final int dimension;
    private final int count;

    RandKSelector(int dimension, Amount amount) {
        this.dimension = dimension;
        this.count = amount.of(dimension, "coordinates");
    }

    @Override
    public Support select(VectorDifference vector, long seed) {
        return new Support.Seeded(dimension, count, seed);
    }

    @Override
    public int maxCount() {
        return count;
    }

    @Override
    public OptionalDouble alpha() {
        return OptionalDouble.of((double) count / dimension);
    }
}
