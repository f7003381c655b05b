package io.evenkeel.cli.pilot;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code evenkeel pilot}: trials of the methods on one's own data. */
@Command(
        name = "pilot",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true,
        description = {
            "Measures on your own data whether compressed, normalized training pays.",
            "",
            "Start with:  evenkeel pilot compare --data YOURS.libsvm.gz --out results"
        },
        subcommands = {
            CompareCommand.class,
            ReportCommand.class,
            SweepCommand.class,
            StudyCommand.class,
            ProbeCommand.class,
            CostCommand.class,
            ReproduceCommand.class
        })
public final class PilotCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command is given");
    }
}
