package io.evenkeel.cli.evaluations;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Creates an evaluation. */
@Command(
        name = "create",
        description = "Creates an evaluation. Devices measure the model at their next check-in.",
        footer = {
            "",
            "Examples:",
            "  evenkeel evaluations create --model digits --version @candidate --number 500 --breakdown region",
            "  evenkeel evaluations create --run digits-7 --selector region=eu --share 0.1 --time 2h"
        })
final class CreateEvaluationCommand extends ApiCommand {

    @Option(names = "--name", paramLabel = "NAME", description = "Its name (default: a generated one).")
    private @Nullable String name;

    @Option(names = "--model", paramLabel = "MODEL", description = "A registered model, with --version.")
    private @Nullable String model;

    @Option(names = "--version", paramLabel = "VERSION", description = "A number, or @ and an alias.")
    private @Nullable String version;

    @Option(names = "--run", paramLabel = "RUN", description = "A run, instead of a registered model.")
    private @Nullable String run;

    @Option(names = "--round", paramLabel = "ROUND", description = "With --run: the round (default: the newest).")
    private @Nullable Integer round;

    @Option(
            names = "--selector",
            paramLabel = "SELECTOR",
            description = "A selector that chooses the devices to ask (default: all).")
    private @Nullable String selector;

    @Option(names = "--share", paramLabel = "SHARE", description = "A random share of these, above 0 and at most 1.")
    private @Nullable Double share;

    @Option(
            names = "--number",
            paramLabel = "N",
            description = "Instead of --share: the approximate number of devices asked.")
    private @Nullable Long number;

    @Option(names = "--min", paramLabel = "N", description = "The number of results needed (default: 1).")
    private @Nullable Integer least;

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "The number of results with which it ends (default: no limit).")
    private @Nullable Integer most;

    @Option(
            names = "--time",
            paramLabel = "DURATION",
            description = "How long results are accepted, such as 2h (default: 24h).")
    private @Nullable Duration time;

    @Option(
            names = "--breakdown",
            paramLabel = "KEY",
            split = ",",
            description = "Attributes or labels by whose values results are grouped.")
    private @Nullable List<String> breakdown;

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode created = client.post(ApiPath.of("evaluations"), wish());
        output.print(created, page -> {
            List<String> lines = new ArrayList<>(EvaluationText.lines(created, page));
            lines.add("");
            lines.add("Devices learn of it at their next check-in. Next:");
            lines.add("  evenkeel evaluations show " + created.path("name").asString());
            return lines;
        });
        return 0;
    }

    private ObjectNode wish() {
        return new JsonObject()
                .put("name", name)
                .put("model", model)
                .put("version", version)
                .put("run", run)
                .put("round", round)
                .put("devices", JsonObject.of("selector", selector, "share", share, "number", number))
                .put("participants", JsonObject.of("min", least, "max", most))
                .put("time", time)
                .put("breakdown", breakdown)
                .node();
    }
}
