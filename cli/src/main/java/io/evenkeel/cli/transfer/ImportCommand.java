package io.evenkeel.cli.transfer;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.OperatorApi;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code evenkeel import}: an exported run, into another coordinator. */
@Command(
        name = "import",
        description = "Reads a run from a file that 'export' wrote: all of it, or nothing if a single byte is wrong.",
        footer = {"", "A run that was running is paused: resume it once its devices come to this coordinator."})
public final class ImportCommand extends ApiCommand {

    @Option(names = "--from", required = true, paramLabel = "FILE", description = "What 'export' wrote.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    ImportCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        if (!Files.isReadable(file)) {
            throw new CommandFailure(ExitCode.USAGE, "there is no file " + file + " that can be read: correct --from");
        }
        String run = new OperatorApi(client).importRun(file);
        output.print(
                new JsonMapper().createObjectNode().put("run", run),
                page -> List.of("run '" + run + "' was imported; see its state before resuming it"));
        return 0;
    }
}
