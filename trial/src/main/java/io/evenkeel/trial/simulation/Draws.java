package io.evenkeel.trial.simulation;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.experiment.StartSettings;
import io.evenkeel.trial.learn.NormalNumbers;
import io.evenkeel.trial.loss.ClientLosses;

/**
 * Derives the random streams of a run from its seed, a separate one for each purpose. The stream numbers are permanent.
 */
record Draws(long seed) {

    private static final int START = 201;
    private static final int BATCHES = 203;
    private static final int RUN = 204;
    private static final int NOISE = 205;

    /** Returns the run's seed as a coordinator uses it: for the participants of rounds and for random compressors. */
    long run() {
        return SplitMix64.derive(seed, RUN);
    }

    /** Returns the seed of the noise of private arms. */
    long noise() {
        return SplitMix64.derive(seed, NOISE);
    }

    long batches() {
        return SplitMix64.derive(seed, BATCHES);
    }

    /** Creates x^0. */
    double[] startingPoint(StartSettings start, ClientLosses losses) {
        int dimension = losses.layout().dimension();
        long drawn = SplitMix64.derive(seed, START);
        return switch (start.x()) {
            case "normal" -> {
                NormalNumbers normal = new NormalNumbers(drawn);
                double[] x = new double[dimension];
                for (int j = 0; j < dimension; j++) {
                    x[j] = normal.next();
                }
                yield x;
            }
            case "suggested" -> losses.suggestedStart(drawn).orElseGet(() -> new double[dimension]);
            default -> new double[dimension];
        };
    }
}
