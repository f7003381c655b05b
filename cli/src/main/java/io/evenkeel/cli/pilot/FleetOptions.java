package io.evenkeel.cli.pilot;

import io.evenkeel.trial.experiment.FleetSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of the simulated clients. */
final class FleetOptions {

    @Option(names = "--clients", paramLabel = "N", description = "The number of clients. Default: 20.")
    private @Nullable Integer clients;

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            description = "How samples are split: contiguous (equal parts, the remainder to the last), iid, dirichlet"
                    + " (skewed by label), or column. Default: contiguous.")
    private @Nullable String split;

    @Option(
            names = "--dirichlet-alpha",
            paramLabel = "ALPHA",
            description = "Dirichlet: smaller values skew more. Default: 0.5.")
    private @Nullable Double dirichletAlpha;

    @Option(
            names = "--weights",
            paramLabel = "BY",
            description = "The weight of a client: equal, or samples. Default: equal.")
    private @Nullable String weights;

    @Option(
            names = "--participation",
            paramLabel = "SHARE",
            description = "Share of the clients that take part in a round. Default: 1.")
    private @Nullable Double participation;

    @Option(
            names = "--over",
            paramLabel = "WAY",
            description = "process, or http: through a coordinator and SDK clients, at most 500, with the same models."
                    + " Default: process.")
    private @Nullable String over;

    @Option(
            names = "--hostile",
            paramLabel = "ATTACK:SHARE:STRENGTH",
            description =
                    "A share of the clients attacks: sign-flip, inner-product or little, such as sign-flip:0.1:10."
                            + " Arms with robust=clip:2 or robust=trim:0.2 bound what a client adds to the sum. Default:"
                            + " none.")
    private @Nullable String hostile;

    /** Returns the given options, or null if there are none. */
    FleetSettings.@Nullable Draft draft() {
        FleetSettings.Draft given =
                new FleetSettings.Draft(clients, split, dirichletAlpha, weights, participation, over, hostile);
        return given.equals(FleetSettings.Draft.EMPTY) ? null : given;
    }
}
