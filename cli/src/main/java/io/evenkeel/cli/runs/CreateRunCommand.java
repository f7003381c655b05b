package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.DocumentFile;
import io.evenkeel.cli.command.WaitOptions;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Creates a run from a file. */
@Command(
        name = "create",
        description = "Creates a run from a YAML or JSON file; 'evenkeel runs init' writes one with comments.")
final class CreateRunCommand extends ApiCommand {

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "The file with the run's definition; - is standard input.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--name", paramLabel = "NAME", description = "A name that replaces the one in the file.")
    private @Nullable String name;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "Also upload the initial model (.npy, .safetensors, or raw numbers).")
    private @Nullable Path model;

    @Option(names = "--start", description = "Also start the run; with --wait as soon as enough devices have joined.")
    private boolean start;

    @Mixin
    private WaitOptions wait;

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws InterruptedException {
        DocumentFile document = new DocumentFile("run's definition", "'evenkeel runs init' writes an example");
        ObjectNode definition = document.read(file, System.in);
        if (name != null) {
            definition.put("name", name);
        }
        if (model != null) {
            definition.put("initialModel", "uploaded");
        }
        ModelFile upload = model == null ? null : ModelFile.of(model);
        JsonNode run = document.posted(file, () -> client.post(ApiPath.of("runs"), definition));
        String created = run.path("name").asString();
        if (upload != null) {
            upload.put(client, created, null);
        }
        JsonNode result = start ? RunsCommand.start(client, created, wait) : run;
        output.print(result, page -> {
            List<String> lines = new ArrayList<>(List.of(RunText.headline(result, page)));
            if (!start) {
                lines.add("");
                lines.add("Devices can join it now. Next:");
                lines.add("  evenkeel tokens create --uses 10");
                lines.add("  evenkeel runs start " + created + " --wait");
            }
            return lines;
        });
        return 0;
    }
}
