package io.evenkeel.core.compress;

import io.evenkeel.core.vector.Norm;
import java.util.OptionalDouble;

/**
 * Selects the blocks with the largest norms, ties to the lower block. Never selects a block of zeros.
 *
 * <p>The best K of B blocks have at least K/B of the squared norm. That is sK/d if the block length s divides d;
 * otherwise it is slightly less, since the short last block may be among the best.
 */
final class BlockTopKSelector implements Selector {

    /** Scales the norm of up to 2^31 of the largest doubles into double's range. */
    private static final double DOWN = 0x1.0p-16;

    private final int dimension;
    private final int length;
    private final int total;
    private final int count;

    BlockTopKSelector(int dimension, int length, Amount amount) {
        if (length > dimension) {
            throw new IllegalArgumentException("the block length is " + length + ", but there are only " + dimension
                    + " coordinates: give a length up to " + dimension);
        }
        this.dimension = dimension;
        this.length = length;
        this.total = Support.Blocks.total(dimension, length);
        this.count = amount.of(total, "blocks");
    }

    @Override
    public Support select(VectorDifference vector, long seed) {
        double[] norms = new double[total];
        if (!measure(vector, 1, norms)) {
            measure(vector, DOWN, norms);
        }
        int[] blocks = new LargestMagnitudes(new VectorDifference(norms, null)).select(0, total, count);
        return new Support.Blocks(dimension, length, blocks);
    }

    /** Fills in the norms of the scaled blocks; returns false if one is beyond double's range. */
    private boolean measure(VectorDifference vector, double scale, double[] norms) {
        double[] block = new double[length];
        for (int b = 0; b < total; b++) {
            int start = b * length;
            int size = Math.min(length, dimension - start);
            for (int j = 0; j < size; j++) {
                block[j] = vector.at(start + j) * scale;
            }
            norms[b] = Norm.l2(block, 0, size);
            if (Double.isInfinite(norms[b])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int maxCount() {
        return count == total ? dimension : count * length;
    }

    @Override
    public OptionalDouble alpha() {
        return OptionalDouble.of((double) count / total);
    }
}
