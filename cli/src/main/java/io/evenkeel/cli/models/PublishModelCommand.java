package io.evenkeel.cli.models;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import io.evenkeel.operator.terminal.Quantity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Makes a version. */
@Command(
        name = "publish",
        description = "Makes the next version of a model, from a run or a file. The first version creates the model.")
final class PublishModelCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ModelName model;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Source source;

    @Option(
            names = "--round",
            paramLabel = "ROUND",
            description = "With --run: a round whose model is kept, or best, the one with the best losses (default: the"
                    + " newest).")
    private @Nullable String round;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "With --run: float32 or float64 (default: float32).")
    private @Nullable String dtype;

    @Option(
            names = "--metadata",
            paramLabel = "KEY=VALUE",
            description = "A text of your own, such as ticket=ML-7; can be given up to 32 times.")
    private @Nullable Map<String, String> metadata;

    PublishModelCommand() {}

    /** Where the values come from. */
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
                page -> List.of("version " + version.path("version").asInt() + " of model " + model.text() + ": "
                        + Quantity.bytes(version.path("bytes").asLong()) + ", SHA-256 "
                        + version.path("sha256").asString()));
        return 0;
    }

    private JsonNode fromRun(CoordinatorClient client) {
        ObjectNode wish = new JsonMapper().createObjectNode().put("run", source.run);
        if ("best".equals(round)) {
            wish.put("best", true);
        } else if (round != null) {
            wish.put("round", number(round));
        }
        if (dtype != null) {
            wish.put("dtype", dtype);
        }
        if (metadata != null) {
            wish.set("metadata", texts(metadata));
        }
        return client.post(model.path("versions"), wish);
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
        JsonNode version = client.upload("POST", model.path("versions", "upload"), "application/x-safetensors", file);
        if (metadata == null) {
            return version;
        }
        ObjectNode wish = new JsonMapper().createObjectNode();
        wish.set("metadata", texts(metadata));
        return client.upload(
                "PUT",
                model.path("versions", version.path("version").asString(), "metadata"),
                "application/json",
                new JsonMapper().writeValueAsBytes(wish));
    }

    private static ObjectNode texts(Map<String, String> metadata) {
        ObjectNode texts = new JsonMapper().createObjectNode();
        metadata.forEach(texts::put);
        return texts;
    }
}
