package io.evenkeel.pilot.simulation;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.pilot.loss.Accuracy;
import io.evenkeel.pilot.loss.Worker;
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

    /** Starts anew and adds all clients' full losses. */
    void addAll(Worker worker, double[] x, double[] scratch) {
        reset();
        for (int client = 0; client < fleet.losses().clients(); client++) {
            add(client, worker.gradient(client, x, null, scratch), scratch);
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
