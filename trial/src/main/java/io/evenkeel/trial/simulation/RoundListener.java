package io.evenkeel.trial.simulation;

/** Listens to the rounds of a run on the run's thread; may end the run. */
@FunctionalInterface
public interface RoundListener {

    /**
     * Called before each round.
     *
     * @param x the model x^round itself, which must not be changed
     * @return whether to continue
     */
    boolean beforeRound(String arm, long seed, int round, double[] x);
}
