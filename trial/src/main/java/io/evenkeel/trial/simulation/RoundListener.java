package io.evenkeel.trial.simulation;

/** Is told of each round before it begins, by the thread that runs it, and may end the run. */
@FunctionalInterface
public interface RoundListener {

    /**
     * Tells of a round.
     *
     * @param x the model x^round itself, to be looked at and left alone
     * @return whether to go on
     */
    boolean beforeRound(String arm, long seed, int round, double[] x);
}
