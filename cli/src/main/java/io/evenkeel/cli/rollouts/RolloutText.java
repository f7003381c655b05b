package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A roll-out as text. */
final class RolloutText {

    private static final int EVENTS = 10;

    private RolloutText() {}

    static List<String> lines(JsonNode rollout, TextLayout page) {
        List<String> lines = new ArrayList<>(properties(rollout, page));
        lines.add("");
        lines.addAll(groups(rollout, page));
        for (JsonNode group : rollout.path("progress")) {
            for (JsonNode metric : group.path("metrics")) {
                lines.add("  " + name(group) + ": " + metric.path("text").asString());
            }
        }
        lines.addAll(waits(rollout));
        rollout.path("warnings")
                .forEach(notice -> lines.add("  warning: " + notice.path("text").asString()));
        lines.add("");
        JsonNode events = rollout.path("events");
        for (int i = Math.max(0, events.size() - EVENTS); i < events.size(); i++) {
            lines.add("  " + event(events.get(i)));
        }
        return lines;
    }

    /** Returns what a roll-out waits for, a line each. */
    static List<String> waits(JsonNode rollout) {
        List<String> waits = new ArrayList<>();
        rollout.path("waitsFor")
                .forEach(notice -> waits.add("  waits: " + notice.path("text").asString()));
        return waits;
    }

    private static List<String> properties(JsonNode rollout, TextLayout page) {
        return new Properties()
                .add("roll-out", rollout.path("id").asString())
                .add("state", rollout.path("state").asString())
                .add("why", rollout.path("message").asString(""))
                .add("description", rollout.path("description").asString(""))
                .add("model", versions(rollout))
                .add("devices", rollout.path("rules").path("selector").asString(""))
                .add("created", by(rollout, "created", page))
                .add("approved by", rollout.path("approvedBy").asString(""))
                .add("ended", Times.moment(rollout.path("endedAt"), page))
                .lines(page);
    }

    /** Returns what is rolled out in place of what. */
    static String versions(JsonNode rollout) {
        return rollout.path("model").asString() + "@" + rollout.path("alias").asString() + " "
                + rollout.path("baseline").asInt() + " -> "
                + rollout.path("version").asInt();
    }

    private static String by(JsonNode rollout, String what, TextLayout page) {
        return Times.moment(rollout.path(what + "At"), page) + " by "
                + rollout.path(what + "By").asString();
    }

    private static List<String> groups(JsonNode rollout, TextLayout page) {
        ListTable table = new ListTable(page)
                .text("GROUP")
                .optional("RULE")
                .state("STATE")
                .number("DEVICES")
                .number("ALIVE")
                .number("ASKED")
                .number("REPORTED")
                .number("INSTALLED")
                .number("FAILED");
        for (JsonNode group : rollout.path("progress")) {
            table.row(
                    name(group),
                    group.path("rule").asString(),
                    group.path("state").asString(),
                    group.path("devices").asString("-"),
                    group.path("alive").asString("-"),
                    group.path("asked").asString(),
                    reported(group),
                    group.path("installed").asString(),
                    group.path("failed").asString());
        }
        return table.lines();
    }

    /** Returns how many devices have reported, of those that must before the group passes. */
    private static String reported(JsonNode group) {
        int reports = group.path("installed").asInt() + group.path("failed").asInt();
        return group.has("needed") ? reports + "/" + group.path("needed").asInt() : String.valueOf(reports);
    }

    private static String name(JsonNode group) {
        return group.path("name").asString(group.path("number").asString());
    }

    /** Returns an event as a line. */
    static String event(JsonNode event) {
        return Stream.of(
                        Times.point(event.path("at")),
                        event.path("type").asString().replace("rollout.", "").replace('_', ' '),
                        event.has("group") ? event.path("group").asString() : "",
                        event.has("by") ? "by " + event.path("by").asString() : "",
                        event.has("detail") ? "(" + event.path("detail").asString() + ")" : "")
                .filter(part -> !part.isEmpty())
                .reduce((a, b) -> a + " " + b)
                .orElse("");
    }
}
