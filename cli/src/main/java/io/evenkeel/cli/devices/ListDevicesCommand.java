package io.evenkeel.cli.devices;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.DeviceFilterOptions;
import io.evenkeel.cli.command.PageOptions;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** Lists the enrolled devices, oldest first. */
@Command(
        name = "list",
        description = "Lists the enrolled devices, oldest first. Seen times are up to five minutes old.")
final class ListDevicesCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private DeviceFilterOptions filter;

    @Option(names = "--revoked", description = "Only revoked devices.")
    private boolean revoked;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private PageOptions pages;

    ListDevicesCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        ArrayNode devices = pages.collect(
                client, filter.of(ApiPath.of("clients")).with("state", revoked ? "revoked" : null), "client");
        output.print(devices, page -> text(devices, page));
        pages.noteRest(output);
        return 0;
    }

    private static List<String> text(ArrayNode devices, TextLayout page) {
        if (devices.isEmpty()) {
            return List.of("There are no such devices: 'evenkeel tokens create' makes a token to enrol with.");
        }
        ListTable table = new ListTable(page)
                .text("DEVICE")
                .text("NAME")
                .number("SEEN")
                .text("STATE")
                .optional("ATTRIBUTES")
                .optional("RUN")
                .optionalNumber("ENROLLED")
                .optional("ENROLLED BY");
        for (JsonNode device : devices) {
            table.row(
                    device.path("client").asString(),
                    device.path("name").asString("-"),
                    Times.age(device.path("lastSeenAt"), page),
                    device.path("revokedAt").isString() ? "revoked" : "enrolled",
                    DeviceAttributes.visible(device),
                    device.path("run").asString("any"),
                    Times.age(device.path("enrolledAt"), page),
                    device.path("enrolledBy").asString(""));
        }
        return table.lines();
    }
}
