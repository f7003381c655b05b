package io.evenkeel.cli.pilot;

import io.evenkeel.trial.experiment.GradientSettings;
import io.evenkeel.trial.experiment.StartSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of gradients and initial values. */
final class GradientOptions {

    @Option(names = "--batch", paramLabel = "B", description = "Samples in a gradient. Default: all.")
    private @Nullable Integer batch;

    @Option(names = "--local-steps", paramLabel = "E", description = "Local steps of a client in a round. Default: 1.")
    private @Nullable Integer localSteps;

    @Option(names = "--local-step-size", paramLabel = "SIZE", description = "The size of local steps. Default: 0.1.")
    private @Nullable Double localStepSize;

    @Option(
            names = "--x0",
            paramLabel = "START",
            description =
                    "The initial model: zeros, normal, or suggested (by the loss). Default: zeros, or suggested for losses that need it.")
    private @Nullable String x0;

    @Option(
            names = "--g0",
            paramLabel = "START",
            description = "The initial g_i: zeros, compressed (C of the first gradient) or dense. Default: zeros.")
    private @Nullable String g0;

    /** Returns the given options of gradients, or null if there are none. */
    GradientSettings.@Nullable Draft draft() {
        GradientSettings.Draft given = new GradientSettings.Draft(batch, localSteps, localStepSize);
        return given.equals(new GradientSettings.Draft(null, null, null)) ? null : given;
    }

    /** Returns the given options of the start, or null if there are none. */
    StartSettings.@Nullable Draft start() {
        StartSettings.Draft given = new StartSettings.Draft(x0, g0);
        return given.equals(new StartSettings.Draft(null, null)) ? null : given;
    }
}
