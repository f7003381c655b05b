package io.evenkeel.cli.runs;

import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine.Command;

/** {@code evenkeel runs model}. */
@Command(
        name = "model",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Downloads models, and uploads initial models.",
        subcommands = {GetModelCommand.class, PutModelCommand.class})
final class ModelCommand extends Program {

    ModelCommand() {}
}
