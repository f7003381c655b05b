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

/** {@code evenkeel import}: reads an exported run into another coordinator. */
@Command(
        name = "import",
        description = "Imports a run from a file that 'export' wrote. If a single byte is wrong, nothing is imported.",
        footer = {"", "A running run is imported as paused: resume it when its devices use this coordinator."})
public final class ImportCommand extends ApiCommand {

    @Option(names = "--from", required = true, paramLabel = "FILE", description = "The file that 'export' wrote.")
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
                page -> List.of("run '" + run + "' was imported; check its state before you resume it"));
        return 0;
    }
}
