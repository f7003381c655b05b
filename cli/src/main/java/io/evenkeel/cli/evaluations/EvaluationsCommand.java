package io.evenkeel.cli.evaluations;

import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine.Command;

/** {@code evenkeel evaluations}. */
@Command(
        name = "evaluations",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Measures a model on devices without training.",
        subcommands = {
            CreateEvaluationCommand.class,
            ListEvaluationsCommand.class,
            ShowEvaluationCommand.class,
            CancelEvaluationCommand.class,
            DeleteEvaluationCommand.class
        })
public final class EvaluationsCommand extends Program {

    EvaluationsCommand() {}
}
