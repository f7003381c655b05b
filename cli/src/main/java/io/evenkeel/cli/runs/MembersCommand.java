package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.command.DeviceFilterOptions;
import io.evenkeel.cli.command.PageOptions;
import io.evenkeel.cli.devices.DeviceAttributes;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Lists a run's members, or removes one. */
@Command(
        name = "members",
        description = {
            "Lists a run's members: weight, messages, last answered round, and time last seen (updated at most"
                    + " every five minutes).",
            "With --remove, removes a member: its part leaves the sum when the open round closes."
        })
final class MembersCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    @Option(names = "--remove", paramLabel = "DEVICE", description = "The id of a member to remove.")
    private @Nullable String removed;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private DeviceFilterOptions filter;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only members in this state: active, joining (from the next round on) or leaving.")
    private @Nullable String state;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private PageOptions pages;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Confirmation confirmation;

    MembersCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        if (removed != null) {
            remove(client, output, removed);
            return 0;
        }
        JsonNode members = pages.collect(client, filter.of(run.path("members")).with("state", state), "ordinal");
        output.print(members, page -> text(members, page));
        pages.noteRest(output);
        return 0;
    }

    private void remove(CoordinatorClient client, OutputOptions output, String device) throws IOException {
        confirmation.require("Remove device " + device + " from run '" + run.text() + "'?");
        client.delete(run.path("members", device));
        JsonNode done =
                new JsonMapper().createObjectNode().put("run", run.text()).put("client", device);
        output.print(done, page -> List.of("device " + device + " leaves run '" + run.text() + "'"));
    }

    private static List<String> text(JsonNode members, TextLayout page) {
        if (members.isEmpty()) {
            return List.of("There are no such members: devices join the run with an enrolment token.");
        }
        ListTable table = new ListTable(page)
                .text("DEVICE")
                .text("NAME")
                .number("WEIGHT")
                .number("MESSAGES")
                .number("LAST ROUND")
                .number("SEEN")
                .optional("STATE")
                .optional("ATTRIBUTES");
        for (JsonNode member : members) {
            table.row(
                    member.path("client").asString(),
                    member.path("name").asString("-"),
                    member.path("weight").asString(),
                    member.path("sequence").asString(),
                    member.path("lastRound").asString("-"),
                    Times.age(member.path("lastSeenAt"), page),
                    state(member),
                    DeviceAttributes.visible(member));
        }
        return table.lines();
    }

    private static String state(JsonNode member) {
        JsonNode leaving = member.path("leavingAfter");
        return leaving.isNumber() ? "leaves after round " + leaving.asInt() : "";
    }
}
