package io.evenkeel.cli.context;

import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine.Command;

/** Lists and chooses contexts. */
@Command(
        name = "context",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Lists, chooses and removes the coordinators that you have logged in to.",
        subcommands = {ContextListCommand.class, ContextRemoveCommand.class, ContextUseCommand.class})
public final class ContextCommand extends Program {

    ContextCommand() {}
}
