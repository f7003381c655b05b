package io.evenkeel.cli.identity;

import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine.Command;

/** {@code evenkeel identity}. */
@Command(
        name = "identity",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Makes the keys of secure aggregation, in files that only their user can read. It asks no coordinator.",
            "An owner vouches for devices. Keep its key away from the coordinator and its operators: with it they could"
                    + " fill a cohort with devices that do not exist."
        },
        subcommands = {OwnerIdentityCommand.class, DeviceIdentityCommand.class, ShowIdentityCommand.class},
        footer = {
            "",
            "Example:",
            "  evenkeel identity owner --out owner.key",
            "  evenkeel identity device --owner owner.key --count 100 --out identities/"
        })
public final class IdentityCommand extends Program {

    IdentityCommand() {}
}
