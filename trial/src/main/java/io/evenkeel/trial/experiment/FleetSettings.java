package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The clients of an experiment.
 *
 * @param clients the number of clients; with split column or source logistic the data determines it
 * @param split contiguous, iid, dirichlet or column
 * @param dirichletAlpha for dirichlet, above 0
 * @param weights equal, or samples: the clients' weights in the fleet's loss
 * @param participation share of the clients that take part in a round, in (0, 1]
 * @param over process, or http: through a coordinator and the SDK's clients
 * @param hostile in the form of {@link HostileSettings#parse}; null if all clients are honest
 */
public record FleetSettings(
        int clients,
        String split,
        double dirichletAlpha,
        String weights,
        double participation,
        String over,
        @Nullable String hostile) {

    /** Each client is a thread that runs the SDK. */
    private static final int MAX_CLIENTS_OVER_HTTP = 500;

    public FleetSettings {
        Check.that(clients >= 1, "fleet.clients is " + clients + ", expected at least 1");
        Check.oneOf("fleet.split", split, List.of("contiguous", "iid", "dirichlet", "column"));
        Check.oneOf("fleet.weights", weights, List.of("equal", "samples"));
        Check.that(
                participation > 0 && participation <= 1,
                "fleet.participation is " + participation + ", expected more than 0 and at most 1");
        Check.oneOf("fleet.over", over, List.of("process", "http"));
        Check.that(
                !"http".equals(over) || clients <= MAX_CLIENTS_OVER_HTTP,
                "fleet.clients is " + clients + ", expected at most " + MAX_CLIENTS_OVER_HTTP
                        + " with fleet.over http, where each is a thread: use fewer, or fleet.over process");
        Check.that(
                hostile == null || "process".equals(over),
                "fleet.hostile is '" + hostile + "', but fleet.over is " + over + ": use fleet.over process");
        if (hostile != null) {
            HostileSettings.parse(hostile);
        }
        Check.that(dirichletAlpha > 0, "fleet.dirichlet-alpha is " + dirichletAlpha + ", expected more than 0");
    }

    /** The {@link FleetSettings} given by a user; defaults replace null. */
    public record Draft(
            @Nullable Integer clients,
            @Nullable String split,
            @Nullable Double dirichletAlpha,
            @Nullable String weights,
            @Nullable Double participation,
            @Nullable String over,
            @Nullable String hostile) {

        /** No settings. */
        public static final Draft EMPTY = new Draft(null, null, null, null, null, null, null);

        FleetSettings complete(DataSettings data) {
            return new FleetSettings(
                    or(clients, "polynomial".equals(data.source()) ? 1 : 20),
                    or(split, data.splitColumn() == null ? "contiguous" : "column"),
                    or(dirichletAlpha, 0.5),
                    or(weights, "equal"),
                    or(participation, 1.0),
                    or(over, "process"),
                    hostile);
        }
    }
}
