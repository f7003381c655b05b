package io.evenkeel.cli.runs.watch;

import io.evenkeel.tools.RunStatus;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Detects changes of a run between two polls, apart from its progress. Keeps the newest changes. Not thread-safe. */
final class RunEvents {

    private static final int KEPT = 50;

    private final Deque<Event> events = new ArrayDeque<>();
    private @Nullable JsonNode last;

    /**
     * A change of the run.
     *
     * @param at when it was seen
     * @param text a sentence
     */
    record Event(Instant at, String text) {}

    /** Compares a run with its state at the last poll, and returns the changes. */
    List<Event> see(JsonNode run, Instant now) {
        List<Event> seen = new ArrayList<>();
        JsonNode before = last;
        last = run;
        if (before == null) {
            return seen;
        }
        String state = RunStatus.shownState(run);
        if (!state.equals(RunStatus.shownState(before))) {
            seen.add(new Event(now, "the run is " + state + message(run)));
        } else if (!run.path("message").equals(before.path("message"))
                && run.path("message").isString()) {
            seen.add(new Event(now, run.path("message").asString()));
        }
        int joined = run.path("members").asInt() - before.path("members").asInt();
        if (joined != 0) {
            String verb = joined > 0 ? " joined" : " left";
            seen.add(new Event(now, Math.abs(joined) + (Math.abs(joined) == 1 ? " device" : " devices") + verb));
        }
        int extended = run.path("extended").asInt();
        if (extended > before.path("extended").asInt() && run.path("round").equals(before.path("round"))) {
            seen.add(new Event(now, "round " + run.path("round").asInt() + " was extended: too few messages"));
        }
        seen.forEach(this::add);
        return seen;
    }

    private static String message(JsonNode run) {
        String message = run.path("message").asString("");
        return message.isEmpty() ? "" : ": " + message;
    }

    /** Adds an event that is not about the run itself, such as a lost connection. */
    void add(Event event) {
        events.addFirst(event);
        if (events.size() > KEPT) {
            events.removeLast();
        }
    }

    /** Returns the newest events, newest first. */
    List<Event> newest(int limit) {
        return events.stream().limit(limit).toList();
    }
}
