package io.evenkeel.trial.source;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.learn.NormalNumbers;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;

/**
 * Draws data for logistic regression with a given heterogeneity of the clients: client i's features have the mean h u_i
 * and its labels follow the weights w + h v_i, with standard normal u_i, v_i and w. With h = 0 all clients draw from
 * the same distribution.
 */
public final class LogisticGenerator {

    private LogisticGenerator() {}

    /**
     * Draws the data; the group of a sample is its client.
     *
     * @param clients at least 1
     * @param samplesEach at least 1
     * @param features d, at least 1; their standard deviation is 1/sqrt(d), so that a sample's norm is about 1
     * @param heterogeneity h, at least 0
     */
    public static Labelled draw(int clients, int samplesEach, int features, double heterogeneity, long seed) {
        SparseMatrixBuilder rows = new SparseMatrixBuilder();
        double[] labels = new double[Math.multiplyExact(clients, samplesEach)];
        int[] groups = new int[labels.length];
        double[] common = normals(features, SplitMix64.derive(seed, -1));
        double scale = 1 / Math.sqrt(features);
        for (int client = 0; client < clients; client++) {
            double[] mean = normals(features, SplitMix64.derive(seed, 2L * client));
            double[] own = normals(features, SplitMix64.derive(seed, 2L * client + 1));
            long sampleSeed = SplitMix64.derive(SplitMix64.derive(seed, -2), client);
            NormalNumbers normal = new NormalNumbers(sampleSeed);
            SplitMix64 uniform = new SplitMix64(SplitMix64.derive(sampleSeed, -3));
            for (int s = 0; s < samplesEach; s++) {
                double margin = 0;
                for (int j = 0; j < features; j++) {
                    double value = scale * (normal.next() + heterogeneity * mean[j]);
                    rows.add(j, value);
                    margin += value * 4 * (common[j] + heterogeneity * own[j]);
                }
                rows.endRow();
                int i = client * samplesEach + s;
                labels[i] = uniform.nextDouble() * (1 + StrictMath.exp(-margin)) < 1 ? 1 : -1;
                groups[i] = client;
            }
        }
        return new Labelled(rows.build(features), labels, groups);
    }

    private static double[] normals(int count, long seed) {
        NormalNumbers normal = new NormalNumbers(seed);
        double[] values = new double[count];
        for (int j = 0; j < count; j++) {
            values[j] = normal.next();
        }
        return values;
    }
}
