package io.evenkeel.core.compress;

import java.util.OptionalDouble;

/** Selects every magnitude of at least lambda. The norm of the omitted part is below lambda sqrt(d). */
record ThresholdSelector(int dimension, double lambda) implements Selector {

    @Override
    public Support select(VectorDifference vector, long seed) {
        int count = 0;
        for (int j = 0; j < dimension; j++) {
            if (Math.abs(vector.at(j)) >= lambda) {
                count++;
            }
        }
        int[] indices = new int[count];
        for (int j = 0, i = 0; i < count; j++) {
            if (Math.abs(vector.at(j)) >= lambda) {
                indices[i++] = j;
            }
        }
        return new Support.Listed(dimension, indices);
    }

    @Override
    public int maxCount() {
        return dimension;
    }

    @Override
    public OptionalDouble alpha() {
        return OptionalDouble.empty();
    }
}
