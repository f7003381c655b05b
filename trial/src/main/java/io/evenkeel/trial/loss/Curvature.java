package io.evenkeel.trial.loss;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.trial.sparse.SparseMatrix;
import java.util.Arrays;

/**
 * Smoothness of generalised linear losses: {@code L = c lambda_max(A'A/m)} plus the regularizer's, where c is the
 * largest curvature of the loss of a sample. Power iteration approaches the eigenvalue from below, to about 1e-12.
 */
final class Curvature {

    private static final int MAX_ITERATIONS = 2000;
    private static final double TOLERANCE = 1e-14;

    private Curvature() {}

    static Smoothness of(Sharded shards, double curvature, Regularizer regularizer) {
        int n = shards.clients();
        double squares = 0;
        for (int client = 0; client < n; client++) {
            double constant = curvature * largest(shards, client, client + 1) + regularizer.smoothness();
            squares += constant * constant;
        }
        double mean = curvature * largest(shards, 0, n) + regularizer.smoothness();
        return new Smoothness(mean, Math.sqrt(squares / n));
    }

    /** Returns the largest eigenvalue of the mean of A_i'A_i/m_i over the clients. */
    private static double largest(Sharded shards, int from, int to) {
        SparseMatrix rows = shards.data().features();
        double[] v = new double[rows.columns()];
        double[] next = new double[v.length];
        // In practice entries are mostly positive, and so is the eigenvector; the slope breaks symmetries.
        Arrays.setAll(v, j -> 1 + 1e-3 * j / v.length);
        double eigenvalue = 0;
        scale(v, 1 / Norm.l2(v));
        for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
            Arrays.fill(next, 0);
            for (int client = from; client < to; client++) {
                multiply(shards, rows, client, 1.0 / shards.size(client) / (to - from), v, next);
            }
            double norm = Norm.l2(next);
            boolean settled = Math.abs(norm - eigenvalue) <= TOLERANCE * norm;
            eigenvalue = norm;
            if (norm == 0 || settled) {
                break;
            }
            scale(next, 1 / norm);
            System.arraycopy(next, 0, v, 0, v.length);
        }
        return eigenvalue;
    }

    private static void multiply(
            Sharded shards, SparseMatrix rows, int client, double factor, double[] v, double[] product) {
        int start = shards.start(client);
        for (int i = start; i < start + shards.size(client); i++) {
            rows.addRow(i, factor * rows.dot(i, v), product);
        }
    }

    private static void scale(double[] v, double factor) {
        for (int j = 0; j < v.length; j++) {
            v[j] *= factor;
        }
    }
}
