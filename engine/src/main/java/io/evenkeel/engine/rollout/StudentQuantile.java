package io.evenkeel.engine.rollout;

/** Quantiles of Student's distribution, computed by a statistics library. */
@FunctionalInterface
public interface StudentQuantile {

    /**
     * Returns the value that the distribution exceeds with a probability.
     *
     * @param degrees degrees of freedom, at least 1
     * @param probability above 0, below 1
     */
    double exceededWith(int degrees, double probability);
}
