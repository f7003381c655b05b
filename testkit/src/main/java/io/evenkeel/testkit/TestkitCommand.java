package io.evenkeel.testkit;

import io.evenkeel.testkit.aggregation.AggregationCommand;
import io.evenkeel.testkit.chaos.ChaosCommand;
import io.evenkeel.testkit.load.CheckInsCommand;
import io.evenkeel.testkit.load.LoadCommand;
import io.evenkeel.tools.terminal.Program;
import picocli.CommandLine.Command;

/** Release checks, started by the script {@code evenkeel}. */
@Command(name = "evenkeel", description = "Checks for releases.")
public final class TestkitCommand extends Program {

    private TestkitCommand() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine(
                        new TestkitCommand(),
                        ChaosCommand.class,
                        LoadCommand.class,
                        CheckInsCommand.class,
                        AggregationCommand.class)
                .execute(args));
    }
}
