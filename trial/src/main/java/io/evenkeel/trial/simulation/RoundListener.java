package io.evenkeel.trial.simulation;

/** Called on the run's thread before each round; may end the run. */
@FunctionalInterface
public interface RoundListener {

    /**
     * Called after a round.
     *
     * @param x the model x^round itself, to be looked at and left alone
     * @return whether to go on
     */
    boolean beforeRound(String arm, long seed, int round, double[] x);
}
