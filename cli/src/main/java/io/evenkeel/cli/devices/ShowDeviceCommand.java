package io.evenkeel.cli.devices;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows a device. */
@Command(name = "show", description = "Shows a device.")
final class ShowDeviceCommand extends ApiCommand {

    @Parameters(paramLabel = "DEVICE", description = "The device's id.")
    @SuppressWarnings("NullAway.Init")
    private String device;

    ShowDeviceCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode document = client.get(ApiPath.of("clients", device));
        output.print(
                document,
                page -> new Properties()
                        .add("device", document.path("client").asString())
                        .add("name", document.path("name").asString("-"))
                        .add("attributes", DeviceAttributes.text(document.path("attributes")))
                        .add("labels", DeviceAttributes.text(document.path("labels")))
                        .add("run", document.path("run").asString("any"))
                        .add("certificate", document.path("certificate").asString(""))
                        .add("enrolled", Times.moment(document.path("enrolledAt"), page))
                        .add("enrolled by", document.path("enrolledBy").asString(""))
                        .add("last seen", Times.moment(document.path("lastSeenAt"), page))
                        .add("revoked", Times.moment(document.path("revokedAt"), page))
                        .lines(page));
        return 0;
    }
}
