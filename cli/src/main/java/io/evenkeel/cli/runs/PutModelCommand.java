package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Uploads the initial model of a run. */
@Command(
        name = "put",
        description =
                "Uploads the initial model of a run whose definition has initialModel: uploaded, before the run starts.")
final class PutModelCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    @Parameters(
            index = "1",
            paramLabel = "FILE",
            description = "A .npy or .safetensors file, or raw little-endian numbers.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "The type of raw numbers: float32 or float64 (default: by the length of the file).")
    private @Nullable String dtype;

    PutModelCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        ModelFile.of(file).put(client, run.text(), dtype);
        JsonNode done =
                new JsonMapper().createObjectNode().put("run", run.text()).put("file", file.toString());
        output.print(done, page -> List.of("run '" + run.text() + "' starts from " + file));
        return 0;
    }
}
