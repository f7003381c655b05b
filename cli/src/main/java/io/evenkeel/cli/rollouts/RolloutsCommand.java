package io.evenkeel.cli.rollouts;

import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine.Command;

/** {@code evenkeel rollouts}. */
@Command(
        name = "rollouts",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Brings a version of a model to the devices behind an alias group by group; it stops itself.",
        subcommands = {
            CreateRolloutCommand.class,
            ListRolloutsCommand.class,
            ShowRolloutCommand.class,
            WatchRolloutCommand.class,
            RolloutDevicesCommand.class,
            ApproveRolloutCommand.class,
            PauseRolloutCommand.class,
            ResumeRolloutCommand.class,
            SkipGroupCommand.class,
            StopRolloutCommand.class
        })
public final class RolloutsCommand extends Program {

    RolloutsCommand() {}
}
