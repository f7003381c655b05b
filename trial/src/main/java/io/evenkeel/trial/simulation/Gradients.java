package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.Support;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.experiment.GradientSettings;
import io.evenkeel.trial.loss.Worker;
import org.jspecify.annotations.Nullable;

/**
 * Computes the gradients of clients in a round: full gradients, minibatch gradients, or the change after some local
 * steps.
 */
final class Gradients {

    private final Fleet fleet;
    private final Worker worker;
    private final GradientSettings settings;
    private final long seed;
    private final double[] local;

    Gradients(Fleet fleet, GradientSettings settings, long seed) {
        this.fleet = fleet;
        this.worker = fleet.losses().worker();
        this.settings = settings;
        this.seed = seed;
        this.local =
                new double[settings.localSteps() > 1 ? fleet.losses().layout().dimension() : 0];
    }

    /**
     * Returns whether clients compute full gradients at the model itself, which determine the fleet's loss and
     * gradient.
     */
    static boolean areFull(GradientSettings settings) {
        return settings.batch() == 0 && settings.localSteps() == 1;
    }

    /** Overwrites {@code gradient} with a client's full gradient at the model itself, and returns its full loss. */
    double full(int client, double[] x, double[] gradient) {
        return worker.gradient(client, x, null, gradient);
    }

    /**
     * Overwrites {@code gradient} with a client's gradient in a round, and returns the loss of the same samples at the
     * model.
     */
    double compute(int client, int round, double[] x, double[] gradient) {
        if (settings.localSteps() == 1) {
            return worker.gradient(client, x, batch(client, round, 0), gradient);
        }
        System.arraycopy(x, 0, local, 0, x.length);
        double loss = 0;
        for (int step = 0; step < settings.localSteps(); step++) {
            double here = worker.gradient(client, local, batch(client, round, step), gradient);
            loss = step == 0 ? here : loss;
            for (int j = 0; j < local.length; j++) {
                local[j] -= settings.localStepSize() * gradient[j];
            }
        }
        double length = settings.localSteps() * settings.localStepSize();
        for (int j = 0; j < local.length; j++) {
            gradient[j] = (x[j] - local[j]) / length;
        }
        return loss;
    }

    private int @Nullable [] batch(int client, int round, int step) {
        int samples = fleet.losses().samples(client);
        if (settings.batch() == 0 || settings.batch() >= samples) {
            return null;
        }
        long draw = (long) round * settings.localSteps() + step;
        Support drawn =
                new Support.Seeded(samples, settings.batch(), SplitMix64.derive(SplitMix64.derive(seed, draw), client));
        int[] batch = new int[drawn.count()];
        for (int j = 0; j < batch.length; j++) {
            batch[j] = drawn.index(j);
        }
        return batch;
    }
}
