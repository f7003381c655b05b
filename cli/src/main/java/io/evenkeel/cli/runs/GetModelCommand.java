package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.WaitOptions;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.terminal.Quantity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Downloads a model. */
@Command(
        name = "get",
        description = "Downloads a round's model, by default the newest. With --wait it waits until the run has ended.")
final class GetModelCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FILE",
            description = "The file to write; an existing file is replaced. Its extension chooses the format: .npy,"
                    + " .safetensors, or raw numbers for any other.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(
            names = "--round",
            paramLabel = "ROUND",
            description = "The round's number, latest, or best for the one with the best losses (default: latest).")
    private String round = "latest";

    @Option(
            names = "--format",
            paramLabel = "FORM",
            description = "raw, npy or safetensors (default: by the extension of --to).")
    private @Nullable String format;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "float32 or float64 (default: float32).")
    private String dtype = "float32";

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private WaitOptions wait;

    GetModelCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException, InterruptedException {
        if (wait.isWanted()) {
            wait.poll("run '" + run.text() + "' is over", () -> isOver(client));
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        ApiPath path = run.path("rounds", round, "model")
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
        JsonNode done = new JsonMapper()
                .createObjectNode()
                .put("run", run.text())
                .put("file", file.toString())
                .put("bytes", bytes);
        output.print(done, page -> List.of(file + ": " + Quantity.bytes(bytes)));
        return 0;
    }

    private Optional<Boolean> isOver(CoordinatorClient client) {
        String state = client.get(run.path()).path("state").asString();
        return RunStateText.isOver(state) ? Optional.of(true) : Optional.empty();
    }
}
