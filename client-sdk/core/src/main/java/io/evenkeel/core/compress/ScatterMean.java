package io.evenkeel.core.compress;

/**
 * Averages each coordinate of a round over the vectors that contain it: {@code S_j <- S_j (W / W_j)}, where W
 * is the weight of all vectors and W_j that of the vectors whose support contains j, even with the value 0.
 * S/W is then the weighted mean over the senders of each coordinate, as the published code of SparseLoCo
 * computes it ({@code scatter_reduce} with {@code reduce="mean"}).
 *
 * <p>Weights are added in the order of the calls. If all vectors contain a coordinate, and W was added in the
 * same order, S_j keeps its bits. Takes 8 d bytes. Not thread-safe.
 */
public final class ScatterMean {

    private final double[] weights;

    /**
     * @param dimension d, at least 1
     */
    public ScatterMean(int dimension) {
        weights = new double[dimension];
    }

    /**
     * Counts a vector.
     *
     * @param support its coordinates, out of d
     * @param weight w_i, at least 0
     */
    public void add(Support support, double weight) {
        for (int j = 0; j < support.count(); j++) {
            weights[support.index(j)] += weight;
        }
    }

    /**
     * Scales a sum of the counted vectors.
     *
     * @param sum S, d values; coordinates without weight keep their value
     * @param weight W, the weight of all vectors
     */
    public void scale(double[] sum, double weight) {
        for (int j = 0; j < sum.length; j++) {
            if (weights[j] > 0) {
                sum[j] *= weight / weights[j];
            }
        }
    }
}
