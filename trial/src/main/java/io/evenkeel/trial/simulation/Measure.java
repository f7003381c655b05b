package io.evenkeel.trial.simulation;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.trial.loss.Quality;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Accumulates the fleet's loss and gradient at a model, client by client in order. */
final class Measure {

    /** Values saturate in messages, so a run can grow for a long time while all figures are finite. */
    private static final double BEYOND_ALL = 1e9;

    private final Fleet fleet;
    private final @Nullable Quality quality;
    private final double[] sum;
    private double loss;
    private double first = Double.NaN;

    Measure(Fleet fleet) {
        this.fleet = fleet;
        this.quality = fleet.quality();
        this.sum = new double[fleet.losses().layout().dimension()];
    }

    void reset() {
        Arrays.fill(sum, 0);
        loss = 0;
    }

    void add(int client, double clientLoss, double[] gradient) {
        double weight = fleet.weight(client);
        loss += weight * clientLoss;
        for (int j = 0; j < sum.length; j++) {
            sum[j] += weight * gradient[j];
        }
    }

    double loss() {
        return loss / fleet.totalWeight();
    }

    double gradNorm() {
        return Norm.l2(sum) / fleet.totalWeight();
    }

    /**
     * Returns the fault in the accumulated figures of a round, or null if there is none. Remembers the first loss, to
     * which later ones are compared.
     */
    @Nullable
    String trouble(int round) {
        if (!Double.isFinite(loss()) || !Double.isFinite(gradNorm())) {
            return "the loss at x^" + round + " is not finite";
        }
        if (Double.isNaN(first)) {
            first = loss();
        }
        return loss() > BEYOND_ALL * Math.max(1, Math.abs(first))
                ? "the loss at x^" + round + " is over a billion times what it was at x^0"
                : null;
    }

    double testMetric(double[] x) {
        return quality == null ? Double.NaN : quality.of(x);
    }
}
