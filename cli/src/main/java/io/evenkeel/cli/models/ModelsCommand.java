package io.evenkeel.cli.models;

import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine.Command;

/** {@code evenkeel models}. */
@Command(
        name = "models",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Publishes models of runs as numbered versions, and moves the aliases that devices follow.",
        subcommands = {
            ListModelsCommand.class,
            ShowModelCommand.class,
            PublishModelCommand.class,
            GetVersionCommand.class,
            PromoteCommand.class,
            RollBackCommand.class,
            ProtectAliasCommand.class,
            HistoryCommand.class,
            DeleteModelCommand.class
        })
public final class ModelsCommand extends Program {

    ModelsCommand() {}
}
