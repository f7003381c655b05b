package io.evenkeel.cli.pilot;

import io.evenkeel.trial.experiment.LossDraft;
import io.evenkeel.trial.experiment.LossSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the loss. */
final class LossOptions {

    @Option(
            names = "--loss",
            paramLabel = "LOSS",
            description = {
                "logistic (two classes), softmax (more), least-squares (numbers), perceptron.",
                "Default: by the labels of a CSV file; softmax for images; else logistic."
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

    /** Returns whether the named loss has no known smoothness constant from which a step size follows. */
    boolean isRough() {
        return loss != null && LossSettings.isRough(loss);
    }

    /** Returns the given options, or null if there are none. */
    @Nullable
    LossDraft draft() {
        LossDraft given = new LossDraft(loss, regularizer, lambda, hidden);
        return given.equals(new LossDraft(null, null, null, null)) ? null : given;
    }
}
