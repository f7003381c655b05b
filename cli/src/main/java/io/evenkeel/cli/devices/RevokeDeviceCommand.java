package io.evenkeel.cli.devices;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Revokes a device for good. */
@Command(
        name = "revoke",
        description =
                "Revokes a device for good: its secret is refused from now on, and its part leaves the sums of its runs.")
final class RevokeDeviceCommand extends ApiCommand {

    @Parameters(paramLabel = "DEVICE", description = "The device's id.")
    @SuppressWarnings("NullAway.Init")
    private String device;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Confirmation confirmation;

    RevokeDeviceCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        confirmation.require("Revoke device " + device + " for good?");
        client.delete(ApiPath.of("clients", device));
        JsonNode document = client.get(ApiPath.of("clients", device));
        output.print(document, page -> List.of("device " + device + " is revoked"));
        return 0;
    }
}
