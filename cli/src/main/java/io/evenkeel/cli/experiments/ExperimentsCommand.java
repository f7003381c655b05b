package io.evenkeel.cli.experiments;

import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine.Command;

/** {@code evenkeel experiments}. */
@Command(
        name = "experiments",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Compares methods in the fleet: an arm is a run on a random part of the devices, or on the same devices.",
        subcommands = {
            CreateExperimentCommand.class,
            ListExperimentsCommand.class,
            ShowExperimentCommand.class,
            StartExperimentCommand.class,
            StopExperimentCommand.class,
            ExperimentReportCommand.class,
            DeleteExperimentCommand.class
        })
public final class ExperimentsCommand extends Program {

    ExperimentsCommand() {}
}
