package io.evenkeel.trial.loss;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.learn.NormalNumbers;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The polynomial of arXiv 2410.16871, section 5: {@code f(x) = sum a x_j^4 + lambda sum x_j^2/(1+x_j^2)} with a =
 * lambda/24, which is (L0, L1)-smooth but not smooth. There is one client.
 *
 * <p>L0 = 9 lambda d^2/(2 L1^2) + 2 lambda, which determines lambda from L0 and L1.
 */
public final class PolynomialLoss implements ClientLosses {

    private static final double MEAN_START = 20;

    private final TensorLayout layout;
    private final double lambda;

    /**
     * @param dimension d, at least 1
     * @param l0 L0, above 0
     * @param l1 L1, above 0
     */
    public PolynomialLoss(int dimension, double l0, double l1) {
        if (!(l0 > 0) || !(l1 > 0)) {
            throw new IllegalArgumentException("L0 is " + l0 + " and L1 is " + l1 + ", expected numbers above 0");
        }
        this.layout = TensorLayout.flat(dimension);
        double d = dimension;
        this.lambda = l0 / (4.5 * d * d / (l1 * l1) + 2);
    }

    public double lambda() {
        return lambda;
    }

    @Override
    public int clients() {
        return 1;
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
        Regularizer regularizer = new Regularizer(Regularizer.Kind.NONCONVEX, lambda);
        double a = lambda / 24;
        return (int client, double[] x, int @Nullable [] batch, double[] gradient) -> {
            double sum = 0;
            for (int j = 0; j < x.length; j++) {
                double square = x[j] * x[j];
                gradient[j] = 4 * a * square * x[j];
                sum += square * square;
            }
            return a * sum + regularizer.addTo(x, gradient);
        };
    }

    /** Draws each coordinate from N(20, 1). */
    @Override
    public Optional<double[]> suggestedStart(long seed) {
        NormalNumbers normal = new NormalNumbers(SplitMix64.derive(seed, 20));
        double[] x = new double[layout.dimension()];
        for (int j = 0; j < x.length; j++) {
            x[j] = MEAN_START + normal.next();
        }
        return Optional.of(x);
    }

    /**
     * Returns the paper's constant for the region |x_j| {@literal <=} D = 20: {@code lambda sqrt(d) D^2/2 + 2 lambda}.
     */
    @Override
    public Optional<Smoothness> smoothness() {
        double constant = lambda * Math.sqrt(layout.dimension()) * MEAN_START * MEAN_START / 2 + 2 * lambda;
        return Optional.of(new Smoothness(constant, constant));
    }
}
