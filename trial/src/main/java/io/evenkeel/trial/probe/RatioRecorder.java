package io.evenkeel.trial.probe;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.trial.loss.Worker;
import io.evenkeel.trial.simulation.Fleet;
import io.evenkeel.trial.simulation.RoundListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Follows one run and compares gradients, of the fleet and of some clients, before and after individual steps. Keeps a
 * vector for each client that it follows. For one run. Not thread-safe.
 */
public final class RatioRecorder implements RoundListener {

    /** The minimum relative distance of two models; below it ratios would consist of rounding errors. */
    private static final double TOO_CLOSE = 1e-9;

    private final Fleet fleet;
    private final Worker worker;
    private final int[] followed;
    private final int every;
    private final double[] previousModel;
    private final double[] previousFleet;
    private final double[][] previous;
    private final double[] gradient;
    private final double[] sum;
    private final List<RatioPoint> points = new ArrayList<>();
    private double[] start = new double[0];
    private boolean hasPrevious;

    /**
     * @param follow the number of clients to follow, evenly spaced among all
     * @param every the number of rounds between two measured steps, at least 1
     */
    public RatioRecorder(Fleet fleet, int follow, int every) {
        this.fleet = fleet;
        this.worker = fleet.losses().worker();
        this.every = every;
        int n = fleet.losses().clients();
        int d = fleet.losses().layout().dimension();
        followed = new int[Math.min(follow, n)];
        Arrays.setAll(followed, i -> (int) ((long) i * n / followed.length));
        previous = new double[followed.length][d];
        previousModel = new double[d];
        previousFleet = new double[d];
        gradient = new double[d];
        sum = new double[d];
    }

    @Override
    public boolean beforeRound(String arm, long seed, int round, double[] x) {
        if (start.length == 0) {
            start = x.clone();
        }
        boolean first = round % every == 0;
        boolean second = every == 1 ? hasPrevious : round % every == 1;
        if (first || second) {
            look(round, x, second);
            System.arraycopy(x, 0, previousModel, 0, x.length);
            hasPrevious = true;
        }
        return true;
    }

    private void look(int round, double[] x, boolean compare) {
        double distance = distance(x, previousModel);
        boolean apart = compare && distance > TOO_CLOSE * (1e-3 + Norm.l2(x));
        Arrays.fill(sum, 0);
        int next = 0;
        for (int client = 0; client < fleet.losses().clients(); client++) {
            worker.gradient(client, x, null, gradient);
            double share = fleet.weight(client) / fleet.totalWeight();
            for (int j = 0; j < sum.length; j++) {
                sum[j] += share * gradient[j];
            }
            if (next < followed.length && followed[next] == client) {
                compare(apart, client, round, gradient, previous[next++], distance);
            }
        }
        compare(apart, RatioPoint.FLEET, round, sum, previousFleet, distance);
    }

    private void compare(boolean apart, int client, int round, double[] now, double[] before, double distance) {
        if (apart) {
            double norm = Math.max(Norm.l2(now), Norm.l2(before));
            points.add(new RatioPoint(client, round - 1, norm, distance(now, before) / distance));
        }
        System.arraycopy(now, 0, before, 0, now.length);
    }

    private static double distance(double[] x, double[] y) {
        double[] difference = new double[x.length];
        for (int j = 0; j < x.length; j++) {
            difference[j] = x[j] - y[j];
        }
        return Norm.l2(difference);
    }

    /** Returns the first model. */
    double[] start() {
        return start.clone();
    }

    public int[] followed() {
        return followed.clone();
    }

    /** Returns the recorded ratios in the order of the rounds. */
    public List<RatioPoint> points() {
        return List.copyOf(points);
    }
}
