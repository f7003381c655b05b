package io.evenkeel.cli.models;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import io.evenkeel.tools.terminal.Quantity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Publishes a version. */
@Command(
        name = "publish",
        description = "Creates the next version of a model, from a run or a file. The first version creates the model.")
final class PublishModelCommand extends ApiCommand {

    @Parameters(index = "0", paramLabel = "MODEL", description = "The registered model's name.")
    @SuppressWarnings("NullAway.Init")
    private String model;

    @ArgGroup(multiplicity = "1")
    private Source source;

    @Option(
            names = "--round",
            paramLabel = "ROUND",
            description =
                    "With --run: a round whose model is stored, or best, the one with the best losses (default: the"
                            + " newest).")
    private @Nullable String round;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "With --run: float32 or float64 (default: float32).")
    private @Nullable String dtype;

    @Option(
            names = "--metadata",
            paramLabel = "KEY=VALUE",
            description = "Metadata, such as ticket=ML-7; can be given up to 32 times.")
    private @Nullable Map<String, String> metadata;

    /** The source of the values. */
    static final class Source {
        @Option(names = "--run", paramLabel = "RUN", description = "From this run.")
        private @Nullable String run;

        @Option(names = "--file", paramLabel = "FILE", description = "From this safetensors file, kept byte for byte.")
        private @Nullable Path file;
    }

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode version = source.file == null ? fromRun(client) : fromFile(client, source.file);
        output.print(
                version,
                page -> List.of("version " + version.path("version").asInt() + " of model " + model + ": "
                        + Quantity.bytes(version.path("bytes").asLong()) + ", SHA-256 "
                        + version.path("sha256").asString()));
        return 0;
    }

    private JsonNode fromRun(CoordinatorClient client) {
        boolean best = "best".equals(round);
        return client.post(
                ApiPath.of("models", model, "versions"),
                new JsonObject()
                        .put("run", source.run)
                        .put("best", best ? true : null)
                        .put("round", best || round == null ? null : number(round))
                        .put("dtype", dtype)
                        .put("metadata", metadata)
                        .node());
    }

    private static int number(String round) {
        try {
            return Integer.parseInt(round);
        } catch (NumberFormatException e) {
            throw new CommandFailure(ExitCode.USAGE, "--round is '" + round + "', expected a number or best");
        }
    }

    private JsonNode fromFile(CoordinatorClient client, Path file) {
        if (round != null || dtype != null) {
            throw new CommandFailure(ExitCode.USAGE, "--round and --dtype are for --run: leave them out");
        }
        if (!Files.isReadable(file)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "there is no file " + file + " that can be read: correct its name");
        }
        JsonNode version = client.upload(
                "POST", ApiPath.of("models", model, "versions", "upload"), "application/x-safetensors", file);
        if (metadata == null) {
            return version;
        }
        return client.upload(
                "PUT",
                ApiPath.of("models", model, "versions", version.path("version").asString(), "metadata"),
                "application/json",
                new JsonMapper().writeValueAsBytes(Map.of("metadata", metadata)));
    }
}
