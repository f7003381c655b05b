package io.evenkeel.cli.runs.watch;

import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.Conditional;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.RunStatus;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Polls a run: its status, the rounds closed since the last poll, and the open round. Not thread-safe. */
final class RunPoller {

    /** The number of new rounds above which their curves are fetched instead of their records. */
    private static final int PAGE = 100;

    private static final int POINTS = 200;

    private final CoordinatorClient client;
    private final String name;
    private @Nullable Conditional status;
    private @Nullable RunHistory history;

    RunPoller(CoordinatorClient client, String name) {
        this.client = client;
        this.name = name;
    }

    /**
     * The status of a run.
     *
     * @param run the API's document
     * @param changed whether it has changed since the last poll
     * @param history the closed rounds
     * @param open the API's document of the open round with its missing members; null if there is none, or if
     *     it was not requested
     */
    record Snapshot(
            JsonNode run,
            boolean changed,
            RunHistory history,
            @Nullable JsonNode open) {

        String state() {
            return run.path("state").asString();
        }

        int round() {
            return run.path("round").asInt();
        }
    }

    /** Returns whether the coordinator has ever responded. */
    boolean hasAnswered() {
        return status != null;
    }

    /** Polls the run once; {@code withOpenRound} also fetches the open round with its missing members. */
    Snapshot poll(boolean withOpenRound) {
        Conditional now = client.getIfChanged(ApiPath.of("runs", name), status);
        status = now;
        JsonNode run = now.content();
        RunHistory known = updated(history, run.path("round").asInt());
        history = known;
        boolean open = withOpenRound && RunStatus.hasOpenRound(run.path("state").asString());
        return new Snapshot(run, now.changed(), known, open ? OpenRoundText.fetch(client, name) : null);
    }

    private RunHistory updated(@Nullable RunHistory known, int round) {
        RunHistory last = known == null ? new RunHistory() : known;
        if (round == last.next()) {
            return last;
        }
        if (known == null || round - known.next() > PAGE) {
            return new RunHistory(client.get(ApiPath.of("runs", name, "series").with("points", POINTS)));
        }
        client.get(ApiPath.of("runs", name, "rounds").with("from", known.next()).with("limit", PAGE))
                .forEach(known::add);
        return known;
    }

    /** Returns the run's document with the sums over its rounds, for programs. */
    static JsonNode document(Snapshot snapshot) {
        var document = new JsonMapper().createObjectNode();
        document.set("run", snapshot.run());
        document.putObject("sums")
                .put("uplinkBytes", snapshot.history().uplinkBytes())
                .put("denseUplinkBytes", snapshot.history().denseUplinkBytes())
                .put("downlinkBytes", snapshot.history().downlinkBytes())
                .put("tokens", snapshot.history().tokens());
        return document;
    }
}
