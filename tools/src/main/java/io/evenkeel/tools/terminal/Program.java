package io.evenkeel.tools.terminal;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * A program of several commands, which are methods, or classes if they are large. Its exit code is 0 after
 * success, 2 if the command line is wrong, and otherwise that of the {@link CommandFailure}. Failures are one
 * sentence on standard error.
 */
@Command(mixinStandardHelpOptions = true, usageHelpAutoWidth = true, synopsisSubcommandLabel = "COMMAND")
public abstract class Program implements Runnable {

    private final List<String> commands;

    @Spec
    private CommandSpec spec;

    /** Creates a program whose help lists its commands in this order, or as they were added if no order is given. */
    protected Program(String... commands) {
        this.commands = List.of(commands);
    }

    /**
     * Returns the command that users type: {@code ./evenkeel} in a clone, or the value of the system property
     * evenkeel.command in an installation.
     */
    public static String invocation() {
        return System.getProperty("evenkeel.command", "./evenkeel");
    }

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
        sortCommands(line);
        return line.setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof CommandFailure known) {
                        command.getErr().println("evenkeel: " + OptionNames.message(known, command.getCommandSpec()));
                        return known.exitCode().code();
                    }
                    throw failure;
                })
                .setParameterExceptionHandler(Program::refuse);
    }

    /** Sorts the commands of all programs into their order; picocli sorts methods by name. */
    private static void sortCommands(CommandLine line) {
        line.getSubcommands().values().forEach(Program::sortCommands);
        if (line.getCommand() instanceof Program program && !program.commands.isEmpty()) {
            Map<String, CommandLine> known = Map.copyOf(line.getSubcommands());
            if (!known.keySet().equals(Set.copyOf(program.commands))) {
                throw new IllegalStateException(program.commands + " are not the commands " + known.keySet());
            }
            known.keySet().forEach(line.getCommandSpec()::removeSubcommand);
            program.commands.forEach(name -> line.addSubcommand(name, known.get(name)));
        }
    }

    /** Returns the stream of results. */
    protected final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Prints the error, and where to find the options. Printing all options would scroll the error off the screen. */
    private static int refuse(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter to = command.getErr();
        to.println(wrong.getMessage());
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            List<String> near = OptionNames.near(unmatched.getUnmatched().get(0), unmatched.getSuggestions());
            if (!near.isEmpty()) {
                to.println("Did you mean " + String.join(" or ", near) + "?");
            }
        }
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
