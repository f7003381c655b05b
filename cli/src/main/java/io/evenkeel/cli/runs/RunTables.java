package io.evenkeel.cli.runs;

import static io.evenkeel.cli.output.TableCells.age;
import static io.evenkeel.cli.output.TableCells.bytes;
import static io.evenkeel.cli.output.TableCells.field;
import static io.evenkeel.cli.output.TableCells.ratio;

import io.evenkeel.cli.devices.DeviceAttributes;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.tools.RunStatus;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Tables of runs, of their members and of their rounds. */
final class RunTables {

    private RunTables() {}

    static List<String> runs(JsonNode runs, TextLayout page) {
        if (runs.isEmpty()) {
            return List.of("There are no runs: 'evenkeel runs init' writes a file for creating one.");
        }
        return new ListTable<JsonNode>(page)
                .text("NAME", field("name"))
                .state("STATE", RunStatus::shownState)
                .number("ROUND", ratio("round", "rounds"))
                .number("ANSWERED", RunTables::answered)
                .number("MEMBERS", run -> Integer.toString(run.path("members").asInt()))
                .number("AGE", age("createdAt", page))
                .optional("ALGORITHM", field("algorithm", ""))
                .optional("COMPRESSOR", field("compressor", ""))
                .optional("MESSAGE", field("message", ""))
                .lines(runs);
    }

    private static String answered(JsonNode run) {
        return RunStatus.hasOpenRound(run.path("state").asString())
                ? Integer.toString(run.path("accepted").asInt())
                : "-";
    }

    static List<String> members(JsonNode members, TextLayout page) {
        if (members.isEmpty()) {
            return List.of("There are no such members: devices join the run with an enrolment token.");
        }
        return new ListTable<JsonNode>(page)
                .text("DEVICE", field("client"))
                .text("NAME", field("name", "-"))
                .number("WEIGHT", field("weight"))
                .number("MESSAGES", field("sequence"))
                .number("LAST ROUND", field("lastRound", "-"))
                .number("SEEN", age("lastSeenAt", page))
                .optional("STATE", RunTables::standing)
                .optional("ATTRIBUTES", DeviceAttributes::visible)
                .lines(members);
    }

    private static String standing(JsonNode member) {
        JsonNode round = member.path("leavingAfter");
        String silent = member.path("silent").asBoolean(false) ? "not waited for" : "";
        return round.isNumber() ? "leaves after round " + round.asInt() : silent;
    }

    static List<String> rounds(JsonNode rounds, TextLayout page) {
        if (rounds.isEmpty()) {
            return List.of("No round is closed yet.");
        }
        return new ListTable<JsonNode>(page)
                .number("ROUND", field("round"))
                .number("DEVICES", ratio("participants", "sampled"))
                .number("LOSS", number("loss"))
                .number("||G||", number("directionNorm"))
                .number("GAMMA", number("gamma"))
                .optionalNumber("EPSILON", round -> round.has("epsilon") ? format("%.3g", round.path("epsilon")) : "")
                .number("UPLINK", bytes("uplinkBytes"))
                .number("DENSE", bytes("denseUplinkBytes"))
                .optionalNumber("DOWNLINK", bytes("downlinkBytes"))
                .optionalNumber("SECONDS", round -> format("%.1f", round.path("durationSeconds")))
                .optionalNumber("EXTENDED", field("extended", "0"))
                .lines(rounds);
    }

    private static Function<JsonNode, String> number(String name) {
        return round -> round.path(name).isNumber() ? format("%.5g", round.path(name)) : "-";
    }

    private static String format(String format, JsonNode value) {
        return String.format(Locale.ROOT, format, value.asDouble());
    }
}
