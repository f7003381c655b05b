package io.evenkeel.cli.pilot;

import io.evenkeel.trial.experiment.FleetDraft;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say who the clients are. */
final class FleetOptions {

    @Option(names = "--clients", paramLabel = "N", description = "How many clients. Default: 20.")
    private @Nullable Integer clients;

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            description =
                    "contiguous (equal, the rest to the last), iid, dirichlet (skewed by label), or column. Default: contiguous.")
    private @Nullable String split;

    @Option(
            names = "--dirichlet-alpha",
            paramLabel = "ALPHA",
            description = "The smaller, the more skewed. Default: 0.5.")
    private @Nullable Double dirichletAlpha;

    @Option(
            names = "--weights",
            paramLabel = "BY",
            description = "equal, or samples: what a client counts by. Default: equal.")
    private @Nullable String weights;

    @Option(
            names = "--participation",
            paramLabel = "SHARE",
            description = "Share of the clients in a round. Default: 1.")
    private @Nullable Double participation;

    @Option(
            names = "--over",
            paramLabel = "WAY",
            description =
                    "process, or http: through a coordinator of its own and the SDK's clients, up to 500, with the same models."
                            + " Default: process.")
    private @Nullable String over;

    /** Returns what they say, or null if none was given. */
    @Nullable
    FleetDraft draft() {
        FleetDraft given = new FleetDraft(clients, split, dirichletAlpha, weights, participation, over);
        return given.equals(FleetDraft.EMPTY) ? null : given;
    }
}
