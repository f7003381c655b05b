package io.evenkeel.trial.experiment;

import java.util.List;

/** The recommended algorithm for a situation, which consists of the devices' computation and privacy. */
public enum Recommendation {
    /** Devices add noise, which error feedback would accumulate over the rounds. */
    PRIVATE("private", "gd-norm", List.of("algorithm: gd-norm", "compressor: identity")),
    /** Devices train locally and send the difference. */
    LOCAL_STEPS(
            "local-steps",
            "ef14",
            List.of(
                    "algorithm: ef14",
                    "compressor: top-k:0.01",
                    "gamma: constant:1    # with devices that send the model before their steps minus the model after"
                            + " them")),
    /** Minibatch gradients. */
    MINIBATCHES(
            "minibatches",
            "ef14",
            List.of(
                    "algorithm: ef14",
                    "compressor: top-k:0.01",
                    "gamma: constant:STEP    # the step size of uncompressed training")),
    /** Full gradients. */
    FULL_GRADIENTS("full-gradients", "ef21-adaptive", List.of("algorithm: ef21-adaptive", "compressor: top-k:0.01"));

    private final String key;
    private final String algorithm;
    private final List<String> definition;

    Recommendation(String key, String algorithm, List<String> definition) {
        this.key = key;
        this.algorithm = algorithm;
        this.definition = definition;
    }

    /**
     * Returns the recommendation for a situation.
     *
     * @param isPrivate whether messages or sums have noise
     */
    public static Recommendation of(GradientSettings gradient, boolean isPrivate) {
        if (isPrivate) {
            return PRIVATE;
        }
        if (gradient.localSteps() > 1) {
            return LOCAL_STEPS;
        }
        if (gradient.batch() > 0) {
            return MINIBATCHES;
        }
        return FULL_GRADIENTS;
    }

    public static Recommendation of(Experiment trial) {
        boolean isPrivate = trial.arms().stream().anyMatch(arm -> arm.privacy() != null);
        return of(trial.gradient(), isPrivate);
    }

    /** Returns the recommendation's name in the catalogue of texts. */
    public String key() {
        return key;
    }

    public String algorithm() {
        return algorithm;
    }

    /** Returns the lines that select the algorithm in a run's definition. */
    public List<String> definition() {
        return definition;
    }
}
