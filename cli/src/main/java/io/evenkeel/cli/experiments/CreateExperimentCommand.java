package io.evenkeel.cli.experiments;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.DocumentFile;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Creates an experiment from a file. */
@Command(
        name = "create",
        description = "Creates an experiment from a YAML or JSON file, with a run for each arm.",
        footer = {
            "",
            "Example of a file:",
            "  name: norm-trial",
            "  share: 0.05 # the share of the devices for all arms together",
            "  selector: region=eu # only these devices; default all",
            "  assignment: split # each device is in one arm; crossover: in every arm in turn",
            "  definition: {dimension: 9610, algorithm: ef21, compressor: top-k:0.01, gamma: \"0.5\", rounds: 300}",
            "  arms:",
            "    control: {}           # the first arm is the baseline",
            "    normalized: {algorithm: ef21-norm}"
        })
final class CreateExperimentCommand extends ApiCommand {

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "The file with the experiment; - is standard input.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--name", paramLabel = "NAME", description = "A name that replaces the one in the file.")
    private @Nullable String name;

    @Option(names = "--share", paramLabel = "SHARE", description = "A share that replaces the one in the file.")
    private @Nullable Double share;

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        DocumentFile document = new DocumentFile("experiment", "'evenkeel experiments create --help' shows an example");
        ObjectNode wish = document.read(file, System.in);
        if (name != null) {
            wish.put("name", name);
        }
        if (share != null) {
            wish.put("share", share);
        }
        JsonNode created = document.posted(file, () -> client.post(ApiPath.of("experiments"), wish));
        output.print(created, page -> {
            List<String> lines = new ArrayList<>(ExperimentText.lines(created, page));
            lines.add("");
            lines.add("Devices can join their arm now. Next:");
            lines.add("  evenkeel experiments start " + created.path("name").asString() + " --wait");
            return lines;
        });
        if (created.path("assignment").asString().equals("crossover")) {
            output.note("Each device joins "
                    + created.path("arms").size()
                    + " arms and trains for one of them at a time. 'docs/experiments.md' says what this design"
                    + " cannot answer.");
        }
        return 0;
    }
}
