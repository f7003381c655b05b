package io.evenkeel.cli.command;

import io.evenkeel.cli.context.ConnectionOptions;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.terminal.CommandFailure;
import java.io.IOException;
import java.time.DateTimeException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;

/** A command that sends requests to a coordinator, with the options that all such commands have. */
@Command(usageHelpAutoWidth = true, sortOptions = false)
public abstract class ApiCommand implements Callable<Integer> {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private OutputOptions output;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ConnectionOptions connection;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            order = 104,
            description = "Show this help message and exit.")
    @SuppressWarnings("UnusedVariable") // picocli prints the help by itself.
    private boolean help;

    @Override
    public final Integer call() throws IOException, InterruptedException {
        CoordinatorClient client = connection.client();
        try {
            return execute(client, output);
        } catch (JacksonException | DateTimeException e) {
            throw new CommandFailure(
                    "the answer of " + client.address() + " cannot be read (" + e.getMessage()
                            + "): check that the address is a coordinator's, and that its version is this command's",
                    e);
        }
    }

    /**
     * Does the command's work.
     *
     * @param client sends requests to the coordinator
     * @param output prints the result
     * @return the exit code
     */
    protected abstract int execute(CoordinatorClient client, OutputOptions output)
            throws IOException, InterruptedException;
}
