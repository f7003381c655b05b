package io.evenkeel.cli.experiments;

import io.evenkeel.cli.context.ConnectionOptions;
import io.evenkeel.cli.pilot.LiveReport;
import io.evenkeel.cli.pilot.PilotAction;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Compares the arms of an experiment. */
@Command(
        name = "report",
        description =
                "Compares the arms: prints what differs and writes the report of 'pilot compare --runs' to a folder.")
final class ExperimentReportCommand extends PilotAction {

    @Parameters(paramLabel = "EXPERIMENT", description = "The experiment's name.")
    @SuppressWarnings("NullAway.Init")
    private String experiment;

    @Option(names = "--out", paramLabel = "FOLDER", description = "The folder (default: the experiment's name).")
    private @Nullable Path out;

    @Option(
            names = "--baseline",
            paramLabel = "ARM",
            description = "The arm that others are compared with (default: the first).")
    private @Nullable String baseline;

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            description =
                    "The devices' metric to compare; higher is better. Default: accuracy, auc, f1 or r2, if all arms"
                            + " have it.")
    private @Nullable String metric;

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            split = ",",
            description =
                    "The target whose cost is compared, such as loss:0.3 (default: values that the baseline reached).")
    private List<String> targets = new ArrayList<>();

    @Mixin
    private ConnectionOptions connection;

    @Override
    protected int run() throws IOException {
        CoordinatorClient client = connection.client();
        JsonNode arms = client.get(ApiPath.of("experiments", experiment)).path("arms");
        List<String> runs = new ArrayList<>();
        String yardstick = null;
        for (JsonNode arm : arms) {
            runs.add(arm.path("run").asString());
            yardstick = arm.path("name").asString().equals(baseline) ? runs.get(runs.size() - 1) : yardstick;
        }
        if (baseline != null && yardstick == null) {
            throw new IllegalArgumentException(
                    "--baseline is '" + baseline + "', but experiment '" + experiment + "' has no such arm");
        }
        new LiveReport(metric, yardstick == null ? runs.get(0) : yardstick, targets)
                .write(client, runs, out == null ? Path.of(experiment) : out, Terminal.standard());
        return 0;
    }
}
