package io.evenkeel.cli.pilot;

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

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            description = {
                "What held-out samples measure: accuracy, balanced-accuracy, auc (two classes) or f1. Default: accuracy; auc or"
                        + " balanced-accuracy if one class has 3 times the samples of the others' mean.",
                "With --runs: the devices' metric to compare; higher is better. Default: accuracy, auc, f1 or r2, if all runs"
                        + " have it."
            })
    private @Nullable String metric;

    /** Returns the given options, or null if there are none. */
    LossSettings.@Nullable Draft draft() {
        LossSettings.Draft given = new LossSettings.Draft(loss, regularizer, lambda, hidden, metric);
        return given.equals(LossSettings.Draft.EMPTY) ? null : given;
    }
}
