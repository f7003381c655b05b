package io.evenkeel.cli.runs.watch;

import io.evenkeel.cli.output.TerminalText;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.terminal.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Formats the state of a run's open round: its missing members, and an operator's options. */
public final class OpenRoundText {

    private static final int WIDEST_NAMES = 300;

    private static final Map<String, String> WAITS = Map.of(
            "more-messages", "more messages",
            "least-time", "its minimum time; it has enough messages",
            "others", "the missing ones, until it times out (time.max); it has enough messages",
            "closing", "its messages to be summed",
            "resume", "an operator: 'runs resume'");

    private OpenRoundText() {}

    /** Returns the API's document of a run's open round; null if the run no longer has one. */
    public static @Nullable JsonNode fetch(CoordinatorClient client, String run) {
        try {
            return client.get(ApiPath.of("runs", run, "rounds", "open"));
        } catch (OperatorException e) {
            // The run has ended, or was deleted, since its status was read.
            if (e.exitCode() == ExitCode.CONFLICT || e.exitCode() == ExitCode.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** Returns the conditions under which a round closes. */
    public static String waitsFor(JsonNode open) {
        return WAITS.getOrDefault(open.path("waitsFor").asString(""), "");
    }

    /**
     * Returns the members that have not answered and the time since each was seen, such as {@code 2: ada
     * (3m), bob (never seen)}.
     */
    public static String missing(JsonNode open, TextLayout page) {
        return names(open.path("missingCount").asInt(), open.path("missing"), page);
    }

    /** Returns the members for which the round does not wait, as {@link #missing} does. */
    public static String silent(JsonNode open, TextLayout page) {
        return names(open.path("silentCount").asInt(), open.path("silent"), page);
    }

    private static String names(int count, JsonNode members, TextLayout page) {
        if (count == 0) {
            return "";
        }
        List<String> names = new ArrayList<>();
        for (JsonNode member : members) {
            String seen = Times.age(member.path("lastSeenAt"), page);
            names.add(member.path("name").asString(member.path("client").asString()) + " ("
                    + (seen.isEmpty() ? "never seen" : "seen " + seen + " ago") + ")");
        }
        return count + ": " + TerminalText.cut(String.join(", ", names), WIDEST_NAMES);
    }

    /**
     * Returns the reason why a run makes no progress, the remedy, and the commands for it; empty if it makes
     * progress.
     */
    public static String stall(JsonNode run, TextLayout page) {
        JsonNode stalled = run.path("stalled");
        if (!stalled.isObject()) {
            return "";
        }
        String name = run.path("name").asString();
        String commands = stalled.path("reason").asString("").equals("not-moved-on")
                ? "'evenkeel system'"
                : "'evenkeel runs members " + name + " --remove DEVICE', 'evenkeel runs set " + name
                        + " participants.min=N'";
        return "no round has closed for " + Times.age(stalled.path("since"), page) + ": "
                + stalled.path("message").asString("") + " (" + commands + ")";
    }
}
