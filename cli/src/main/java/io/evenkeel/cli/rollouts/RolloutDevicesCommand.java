package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.PageOptions;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists the devices that got the version of a roll-out. */
@Command(name = "devices", description = "Lists the devices that got the version, and why some failed.")
final class RolloutDevicesCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RolloutId rollout;

    @Option(names = "--outcome", paramLabel = "OUTCOME", description = "Only these: asked, installed or failed.")
    private @Nullable String outcome;

    @Option(names = "--group", paramLabel = "N", description = "Only those of this group, by its number from 1.")
    private @Nullable Integer group;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private PageOptions pages;

    RolloutDevicesCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode devices = pages.collect(
                client, rollout.path("devices").with("outcome", outcome).with("group", group), "client");
        output.print(devices, page -> text(devices, page));
        pages.noteRest(output);
        return 0;
    }

    private static List<String> text(JsonNode devices, TextLayout page) {
        ListTable table = new ListTable(page)
                .text("DEVICE")
                .number("GROUP")
                .state("OUTCOME")
                .number("ASKED")
                .number("REPORTED")
                .optional("REASON");
        for (JsonNode device : devices) {
            table.row(
                    device.path("client").asString(),
                    device.path("group").asString(),
                    device.path("outcome").asString(),
                    Times.age(device.path("askedAt"), page),
                    Times.age(device.path("reportedAt"), page),
                    device.path("reason").asString("-"));
        }
        return table.lines();
    }
}
