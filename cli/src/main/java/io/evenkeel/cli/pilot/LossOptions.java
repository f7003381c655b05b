package io.evenkeel.cli.pilot;

import io.evenkeel.trial.experiment.LossDraft;
import io.evenkeel.trial.experiment.LossSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what is minimised. */
final class LossOptions {

    @Option(
            names = "--loss",
            paramLabel = "LOSS",
            description = {
                "logistic (two classes), softmax (more), least-squares (numbers), perceptron.",
                "Default: what suits the labels of a CSV file; softmax for images; else logistic."
            })
    private @Nullable String loss;

    @Option(
            names = "--regularizer",
            paramLabel = "NAME",
            description = "none, l2, or nonconvex: lambda sum x^2/(1+x^2). Default: none; l2 with --lambda.")
    private @Nullable String regularizer;

    @Option(names = "--lambda", paramLabel = "LAMBDA", description = "The regularizer's weight. Default: 0.1.")
    private @Nullable Double lambda;

    @Option(names = "--hidden", paramLabel = "UNITS", description = "Perceptron: hidden units. Default: 32.")
    private @Nullable Integer hidden;

    /** Tells whether the named loss has no smoothness constant that a step size could follow from. */
    boolean isRough() {
        return loss != null && LossSettings.isRough(loss);
    }

    /** Returns what they say, or null if none was given. */
    @Nullable
    LossDraft draft() {
        LossDraft given = new LossDraft(loss, regularizer, lambda, hidden);
        return given.equals(new LossDraft(null, null, null, null)) ? null : given;
    }
}
