package io.evenkeel.pilot.simulation;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.pilot.loss.Accuracy;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The fleet's loss and gradient at a model, added up client by client in their order. */
final class Measure {

    private final Fleet fleet;
    private final @Nullable Accuracy accuracy;
    private final double[] sum;
    private double loss;

    Measure(Fleet fleet) {
        this.fleet = fleet;
        this.accuracy = fleet.accuracy();
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

    double testMetric(double[] x) {
        return accuracy == null ? Double.NaN : accuracy.of(x);
    }
}
