package io.evenkeel.cli.pilot;

import io.evenkeel.trial.experiment.GradientDraft;
import io.evenkeel.trial.experiment.StartDraft;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what clients compute, and where they start. */
final class GradientOptions {

    @Option(names = "--batch", paramLabel = "B", description = "Samples a gradient. Default: all.")
    private @Nullable Integer batch;

    @Option(
            names = "--local-steps",
            paramLabel = "E",
            description = "Steps a client takes on its own in a round. Default: 1.")
    private @Nullable Integer localSteps;

    @Option(names = "--local-step-size", paramLabel = "SIZE", description = "Their size. Default: 0.1.")
    private @Nullable Double localStepSize;

    @Option(
            names = "--x0",
            paramLabel = "START",
            description = "zeros, normal, or suggested: what suits the loss. Default: zeros, or what the loss needs.")
    private @Nullable String x0;

    @Option(
            names = "--g0",
            paramLabel = "START",
            description = "zeros, compressed (C of the first gradient) or dense. Default: zeros.")
    private @Nullable String g0;

    /** Returns what they say of gradients, or null if nothing. */
    @Nullable
    GradientDraft draft() {
        GradientDraft given = new GradientDraft(batch, localSteps, localStepSize);
        return given.equals(new GradientDraft(null, null, null)) ? null : given;
    }

    /** Returns what they say of the start, or null if nothing. */
    @Nullable
    StartDraft start() {
        StartDraft given = new StartDraft(x0, g0);
        return given.equals(new StartDraft(null, null)) ? null : given;
    }
}
