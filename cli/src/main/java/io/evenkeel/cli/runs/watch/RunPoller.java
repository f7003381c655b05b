package io.evenkeel.cli.runs.watch;

import io.evenkeel.cli.runs.RunState;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.Conditional;
import io.evenkeel.operator.CoordinatorClient;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Fetches what has changed about a run: its status, the rounds closed since the last time, and the members that miss. Not thread-safe. */
final class RunPoller {

    /** Of more new rounds than these the curves are fetched, not the records. */
    private static final int PAGE = 100;

    private static final int POINTS = 200;
    /** The list of more members than these is not fetched. */
    private static final int MOST_MEMBERS = 500;

    private final CoordinatorClient client;
    private final String name;
    private @Nullable Conditional status;
    private @Nullable Conditional members;
    private @Nullable RunHistory history;

    RunPoller(CoordinatorClient client, String name) {
        this.client = client;
        this.name = name;
    }

    /**
     * Where a run stands.
     *
     * @param run the API's document
     * @param changed whether it has changed since the last time
     * @param history the closed rounds
     * @param missing names of the members that the open round still waits for, or null if they are not known
     */
    record Snapshot(
            JsonNode run,
            boolean changed,
            RunHistory history,
            @Nullable List<String> missing) {

        String state() {
            return run.path("state").asString();
        }

        int round() {
            return run.path("round").asInt();
        }
    }

    /** Tells whether the coordinator has answered once. */
    boolean hasAnswered() {
        return status != null;
    }

    /** Looks at the run once; {@code withMembers} also fetches who is missing, where the list is short. */
    Snapshot poll(boolean withMembers) {
        Conditional now = client.getIfChanged(ApiPath.of("runs", name), status);
        status = now;
        JsonNode run = now.content();
        int round = run.path("round").asInt();
        RunHistory known = updated(history, round);
        history = known;
        boolean listed = withMembers
                && RunState.hasOpenRound(run.path("state").asString())
                && run.path("members").asInt() <= MOST_MEMBERS
                && run.path("sampling").asDouble(1) >= 1;
        return new Snapshot(run, now.changed(), known, listed ? missing(round) : null);
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

    private List<String> missing(int round) {
        Conditional list = client.getIfChanged(ApiPath.of("runs", name, "members"), members);
        members = list;
        List<String> missing = new ArrayList<>();
        for (JsonNode member : list.content()) {
            boolean takesPart = member.path("activeFrom").asInt() <= round
                    && member.path("leavingAfter").asInt(Integer.MAX_VALUE) >= round;
            if (takesPart && member.path("lastRound").asInt(-1) < round) {
                missing.add(member.path("name").asString(member.path("client").asString()));
            }
        }
        return missing;
    }

    /** Returns the run's document with the sums over its rounds, for programs. */
    static JsonNode document(Snapshot snapshot) {
        var document = new JsonMapper().createObjectNode();
        document.set("run", snapshot.run());
        document.putObject("sums")
                .put("uplinkBytes", snapshot.history().uplinkBytes())
                .put("denseUplinkBytes", snapshot.history().denseUplinkBytes())
                .put("downlinkBytes", snapshot.history().downlinkBytes());
        return document;
    }
}
