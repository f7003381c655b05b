package io.evenkeel.cli.devices;

import io.evenkeel.cli.command.DeleteCommand;
import io.evenkeel.operator.ApiPath;
import picocli.CommandLine.Command;

/** Deletes devices. */
@Command(
        name = "delete",
        description =
                "Deletes a revoked device's record for good. One that is or was a member of a run is kept until the run is"
                        + " deleted.")
final class DeleteDeviceCommand extends DeleteCommand {

    DeleteDeviceCommand() {
        super("devices", "device");
    }

    @Override
    protected ApiPath path(String record) {
        return ApiPath.of("clients", record, "record");
    }
}
