package io.evenkeel.cli.command;

import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.CoordinatorClient;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command with its own class that sends requests to a coordinator. */
public abstract class ApiCommand implements Callable<Integer> {

    @Mixin
    private ApiOptions api;

    @Override
    public final Integer call() throws IOException, InterruptedException {
        return execute(api.client(), api.output());
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
