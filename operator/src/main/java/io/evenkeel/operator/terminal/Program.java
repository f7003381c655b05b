package io.evenkeel.operator.terminal;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * A program of several commands. Its exit code is 0 after success, 2 if the command line is wrong, and otherwise the one of the
 * {@link CommandFailure}. Failures are one sentence on standard error.
 */
public abstract class Program implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Creates the command line of a program, which can be executed repeatedly. */
    public static CommandLine commandLine(Program program, Object... subcommands) {
        return commandLine(program, CommandLine.defaultFactory(), subcommands);
    }

    /** Creates the command line of a program whose commands and options a factory creates. */
    public static CommandLine commandLine(Program program, CommandLine.IFactory factory, Object... subcommands) {
        CommandLine line = new CommandLine(program, factory);
        for (Object subcommand : subcommands) {
            line.addSubcommand(subcommand);
        }
        return line.setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof CommandFailure known) {
                        command.getErr().println("evenkeel: " + known.getMessage());
                        return known.exitCode().code();
                    }
                    throw failure;
                })
                .setParameterExceptionHandler(Program::refuse);
    }

    /** Prints what is wrong, and where to find the options. Printing all options would scroll the error off the screen. */
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
    public final void run() {
        throw new ParameterException(spec.commandLine(), "no command is given");
    }
}
