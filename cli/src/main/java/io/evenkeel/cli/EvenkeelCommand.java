package io.evenkeel.cli;

import io.evenkeel.cli.demo.DemoCommand;
import io.evenkeel.cli.pilot.PilotCommand;
import io.evenkeel.cli.transfer.ExportCommand;
import io.evenkeel.cli.transfer.ImportCommand;
import io.evenkeel.operator.terminal.Program;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code evenkeel} command. */
@Command(
        name = "evenkeel",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true,
        description = "Federated learning over thin links, with steps that keep an even keel.",
        footer = {"", "In a checkout there are also ./evenkeel chaos and ./evenkeel load, which check a release."})
public final class EvenkeelCommand extends Program {

    private EvenkeelCommand() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Makes the command line; each can be executed many times. */
    public static CommandLine commandLine() {
        return commandLine(
                new EvenkeelCommand(),
                DemoCommand.class,
                ExportCommand.class,
                ImportCommand.class,
                PilotCommand.class,
                ServeCommand.class);
    }
}
