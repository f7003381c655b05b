package io.evenkeel.trial.simulation;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.trial.experiment.StepSize;

/** The step size of each round: what the schedule says, or what follows from the distance come so far. Asked once a round, in order. */
final class StepSizes {

    private final Arm arm;
    private final int horizon;
    private final double[] start;
    private double farthest;

    StepSizes(Arm arm, int horizon, double[] x) {
        this.arm = arm;
        this.horizon = horizon;
        this.start = arm.distance() == null ? new double[0] : x.clone();
    }

    /** Returns gamma_k for the step from x = x^k. */
    double at(int round, double[] x) {
        StepSize.OfDistance distance = arm.distance();
        if (distance == null) {
            return arm.algorithm().gamma().at(round, horizon);
        }
        double[] way = new double[x.length];
        for (int j = 0; j < x.length; j++) {
            way[j] = x[j] - start[j];
        }
        farthest = Math.max(farthest, Norm.l2(way));
        return distance.factor() * Math.max(distance.least(), farthest);
    }
}
