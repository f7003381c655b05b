package io.evenkeel.pilot;

import io.evenkeel.pilot.chaos.ChaosCommand;
import io.evenkeel.pilot.chaos.DeviceCommand;
import io.evenkeel.pilot.command.PilotCommand;
import io.evenkeel.pilot.demo.DemoCommand;
import io.evenkeel.pilot.load.LoadCommand;
import io.evenkeel.pilot.terminal.CommandFailure;
import io.evenkeel.pilot.transfer.ExportCommand;
import io.evenkeel.pilot.transfer.ImportCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** What the {@code evenkeel} script starts. */
@Command(
        name = "evenkeel",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        usageHelpAutoWidth = true,
        description = "Federated learning over thin links, with steps that keep an even keel.")
public final class EvenkeelCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private EvenkeelCommand() {}

    /**
     * Runs a command and ends the process with its exit code: 0 if all went well, 1 if something failed, 2 if the command line is
     * wrong.
     */
    public static void main(String[] args) {
        // The coordinator's start does not wait until all other commands' options are read.
        boolean serve = args.length > 0 && args[0].equals(ServeCommand.NAME);
        System.exit((serve ? commandLine(new ServeCommand()) : commandLine()).execute(args));
    }

    /** Makes the command line; each can be executed many times. */
    public static CommandLine commandLine() {
        return commandLine(
                ChaosCommand.class,
                DemoCommand.class,
                DeviceCommand.class,
                ExportCommand.class,
                ImportCommand.class,
                LoadCommand.class,
                PilotCommand.class,
                ServeCommand.class);
    }

    private static CommandLine commandLine(Object... subcommands) {
        CommandLine line = new CommandLine(new EvenkeelCommand());
        for (Object subcommand : subcommands) {
            line.addSubcommand(subcommand);
        }
        return line.setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof CommandFailure) {
                        command.getErr().println("evenkeel: " + failure.getMessage());
                        return CommandLine.ExitCode.SOFTWARE;
                    }
                    throw failure;
                })
                .setParameterExceptionHandler(EvenkeelCommand::refuse);
    }

    /** Says what is wrong, and where to read more: after all options of a command nobody would still see the first line. */
    private static int refuse(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter to = command.getErr();
        to.println(wrong.getMessage());
        UnmatchedArgumentException.printSuggestions(wrong, to);
        if (command.getSubcommands().isEmpty()) {
            to.println("All options: " + command.getCommandSpec().qualifiedName() + " --help");
        } else {
            command.usage(to);
        }
        to.flush();
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say which command");
    }
}
