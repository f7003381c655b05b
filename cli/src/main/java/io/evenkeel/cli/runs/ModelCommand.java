package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiOptions;
import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.command.WaitOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.RunStatus;
import io.evenkeel.tools.terminal.Program;
import io.evenkeel.tools.terminal.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code evenkeel runs model}. */
@Command(name = "model", description = "Downloads models, and uploads initial models.")
final class ModelCommand extends Program {

    ModelCommand() {
        super("get", "put");
    }

    @Command(
            name = "get",
            description =
                    "Downloads a round's model, by default the newest. With --wait it waits until the run has ended.")
    void get(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "RUN", description = "The run's name.") String run,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "FILE",
                            description = "The file to write; an existing file is replaced. Its extension chooses the"
                                    + " format: .npy, .safetensors, or raw numbers for any other.")
                    Path file,
            @Option(
                            names = "--round",
                            paramLabel = "ROUND",
                            defaultValue = "latest",
                            description =
                                    "The round's number, latest, or best for the one with the best losses (default:"
                                            + " latest).")
                    String round,
            @Option(
                            names = "--format",
                            paramLabel = "FORM",
                            description = "raw, npy or safetensors (default: by the extension of --to).")
                    @Nullable
                    String format,
            @Option(
                            names = "--dtype",
                            paramLabel = "TYPE",
                            defaultValue = "float32",
                            description = "float32 or float64 (default: float32).")
                    String dtype,
            @Mixin WaitOptions wait)
            throws IOException, InterruptedException {
        CoordinatorClient client = api.client();
        if (wait.isWanted()) {
            wait.poll("run '" + run + "' is over", () -> isOver(client, run));
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        ApiPath path = ApiPath.of("runs", run, "rounds", round, "model")
                .with("dtype", dtype)
                .with("holder", "coordinator")
                .with("format", format != null ? format : ModelFile.form(file));
        try {
            client.download(path, part);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        long bytes = Files.size(file);
        api.print(
                JsonObject.of("run", run, "file", file.toString(), "bytes", bytes),
                file + ": " + Quantity.bytes(bytes));
    }

    private static Optional<Boolean> isOver(CoordinatorClient client, String run) {
        String state = client.get(ApiPath.of("runs", run)).path("state").asString();
        return RunStatus.isOver(state) ? Optional.of(true) : Optional.empty();
    }

    @Command(
            name = "put",
            description =
                    "Uploads the initial model of a run whose definition has initialModel: uploaded, before the run"
                            + " starts.")
    void put(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "RUN", description = "The run's name.") String run,
            @Parameters(paramLabel = "FILE", description = "A .npy or .safetensors file, or raw little-endian numbers.")
                    Path file,
            @Option(
                            names = "--dtype",
                            paramLabel = "TYPE",
                            description =
                                    "The type of raw numbers: float32 or float64 (default: by the length of the file).")
                    @Nullable
                    String dtype) {
        CoordinatorClient client = api.client();
        ModelFile.of(file).put(client, run, dtype);
        api.print(JsonObject.of("run", run, "file", file.toString()), "run '" + run + "' starts from " + file);
    }
}
