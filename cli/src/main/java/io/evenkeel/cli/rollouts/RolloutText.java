package io.evenkeel.cli.rollouts;

import static io.evenkeel.cli.output.TableCells.age;
import static io.evenkeel.cli.output.TableCells.field;
import static io.evenkeel.cli.output.TableCells.ratio;

import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Formats a roll-out as text. */
final class RolloutText {

    private static final int EVENTS = 10;

    private RolloutText() {}

    /** Returns a table of roll-outs. */
    static List<String> list(JsonNode rollouts, TextLayout page) {
        if (rollouts.isEmpty()) {
            return List.of("There are no such roll-outs: 'evenkeel rollouts create' creates one.");
        }
        return new ListTable<JsonNode>(page)
                .text("ROLLOUT", field("id"))
                .text("MODEL", RolloutText::versions)
                .state("STATE", field("state"))
                .text("GROUP", ratio("group", "groups"))
                .optionalNumber("CREATED", age("createdAt", page))
                .optional("WHY", field("message", "-"))
                .lines(rollouts);
    }

    /** Returns a table of the devices that got the version. */
    static List<String> devices(JsonNode devices, TextLayout page) {
        return new ListTable<JsonNode>(page)
                .text("DEVICE", RolloutText::device)
                .number("GROUP", field("group"))
                .state("OUTCOME", field("outcome"))
                .number("ASKED", age("askedAt", page))
                .number("REPORTED", age("reportedAt", page))
                .optional("REASON", field("reason", "-"))
                .lines(devices);
    }

    /** Returns the id of a device; for a relay, also the devices of its site. */
    private static String device(JsonNode device) {
        JsonNode site = device.path("site");
        String client = device.path("client").asString();
        return site.isObject()
                ? client + " (site, " + site.path("asked").asInt() + " devices, "
                        + site.path("failed").asInt() + " failed)"
                : client;
    }

    /** Returns a roll-out with its groups and newest events. */
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

    /** Returns the conditions that a roll-out waits for, one per line. */
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

    /** Returns the version that is rolled out, and the version that it replaces. */
    private static String versions(JsonNode rollout) {
        return rollout.path("model").asString() + "@" + rollout.path("alias").asString() + " "
                + rollout.path("baseline").asInt() + " -> "
                + rollout.path("version").asInt();
    }

    private static String by(JsonNode rollout, String what, TextLayout page) {
        return Times.moment(rollout.path(what + "At"), page) + " by "
                + rollout.path(what + "By").asString();
    }

    private static List<String> groups(JsonNode rollout, TextLayout page) {
        return new ListTable<JsonNode>(page)
                .text("GROUP", RolloutText::name)
                .optional("RULE", field("rule"))
                .state("STATE", field("state"))
                .number("DEVICES", field("devices", "-"))
                .number("ALIVE", field("alive", "-"))
                .number("ASKED", field("asked"))
                .number("REPORTED", RolloutText::reported)
                .number("INSTALLED", field("installed"))
                .number("FAILED", field("failed"))
                .lines(rollout.path("progress"));
    }

    /** Returns the number of devices that have reported, and the number required for the group to pass. */
    private static String reported(JsonNode group) {
        int reports = group.path("installed").asInt() + group.path("failed").asInt();
        return group.has("needed") ? reports + "/" + group.path("needed").asInt() : String.valueOf(reports);
    }

    private static String name(JsonNode group) {
        return group.path("name").asString(group.path("number").asString());
    }

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
