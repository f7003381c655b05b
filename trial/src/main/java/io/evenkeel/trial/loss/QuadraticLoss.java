package io.evenkeel.trial.loss;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code f_i(x) = 1/2 sum_j a_j (x_j - b_j - h u_ij)^2}: curvatures a_j from 1 down to 1/condition in equal ratios, a
 * common optimum b, and offsets u_i that are drawn from the clients' seeds each time, so that a hundred thousand
 * clients take no memory.
 */
public final class QuadraticLoss implements ClientLosses {

    private static final double WIDTH = 2 * Math.sqrt(3);

    private final int clients;
    private final TensorLayout layout;
    private final double[] curvature;
    private final double[] optimum;
    private final double heterogeneity;
    private final long seed;

    /**
     * @param clients at least 1
     * @param dimension d, at least 1
     * @param condition at least 1
     * @param heterogeneity h, at least 0; the u_ij have variance 1
     */
    public QuadraticLoss(int clients, int dimension, double condition, double heterogeneity, long seed) {
        if (clients < 1 || !(condition >= 1) || !(heterogeneity >= 0)) {
            throw new IllegalArgumentException(clients + " clients, condition " + condition + ", heterogeneity "
                    + heterogeneity + ": expected at least 1, 1 and 0");
        }
        this.clients = clients;
        this.layout = TensorLayout.flat(dimension);
        this.heterogeneity = heterogeneity;
        this.seed = seed;
        curvature = new double[dimension];
        double steps = Math.max(1, dimension - 1);
        Arrays.setAll(curvature, j -> StrictMath.pow(condition, -j / steps));
        optimum = new double[dimension];
        SplitMix64 random = new SplitMix64(SplitMix64.derive(seed, -1));
        Arrays.setAll(optimum, j -> WIDTH * (random.nextDouble() - 0.5));
    }

    @Override
    public int clients() {
        return clients;
    }

    @Override
    public TensorLayout layout() {
        return layout;
    }

    @Override
    public int samples(int client) {
        return 1;
    }

    @Override
    public Worker worker() {
        return (int client, double[] x, int @Nullable [] batch, double[] gradient) -> {
            SplitMix64 random = new SplitMix64(SplitMix64.derive(seed, client));
            double sum = 0;
            for (int j = 0; j < x.length; j++) {
                double own = heterogeneity == 0 ? 0 : heterogeneity * WIDTH * (random.nextDouble() - 0.5);
                double distance = x[j] - optimum[j] - own;
                gradient[j] = curvature[j] * distance;
                sum += gradient[j] * distance;
            }
            return sum / 2;
        };
    }

    @Override
    public Optional<Smoothness> smoothness() {
        return Optional.of(new Smoothness(curvature[0], curvature[0]));
    }
}
