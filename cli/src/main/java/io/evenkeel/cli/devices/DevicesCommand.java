package io.evenkeel.cli.devices;

import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine.Command;

/** {@code evenkeel devices}. */
@Command(
        name = "devices",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Lists, counts, shows, labels, revokes and deletes enrolled devices.",
        subcommands = {
            ListDevicesCommand.class,
            CountDevicesCommand.class,
            ShowDeviceCommand.class,
            LabelDeviceCommand.class,
            RevokeDeviceCommand.class,
            DeleteDeviceCommand.class
        })
public final class DevicesCommand extends Program {

    DevicesCommand() {}
}
