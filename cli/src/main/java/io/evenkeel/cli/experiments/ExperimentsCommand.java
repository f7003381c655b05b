package io.evenkeel.cli.experiments;

import io.evenkeel.cli.command.ApiOptions;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.command.WaitOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.terminal.Program;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code evenkeel experiments}. */
@Command(
        name = "experiments",
        description = "Compares methods in the fleet: an arm is a run on a random part of the devices, or on the same"
                + " devices.",
        subcommands = {CreateExperimentCommand.class, ExperimentReportCommand.class})
public final class ExperimentsCommand extends Program {

    private static final String NAME = "The experiment's name.";

    ExperimentsCommand() {
        super("create", "list", "show", "start", "stop", "report", "delete");
    }

    @Command(name = "list", description = "Lists experiments, newest first.")
    void list(
            @Mixin ApiOptions api,
            @Option(
                            names = "--name",
                            paramLabel = "TEXT",
                            description = "Only experiments with this text in their names.")
                    @Nullable
                    String search,
            @Option(
                            names = "--run",
                            paramLabel = "RUN",
                            description = "Only the experiment that has this run as an arm.")
                    @Nullable
                    String run,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "The maximum number of entries, 1 to 1000 (default: 100).")
                    int limit) {
        ApiPath list = ApiPath.of("experiments")
                .with("search", search)
                .with("run", run)
                .with("limit", limit);
        api.print(api.get(list), ExperimentText::list);
    }

    @Command(name = "show", description = "Shows an experiment and the state of its arms.")
    void show(@Mixin ApiOptions api, @Parameters(paramLabel = "EXPERIMENT", description = NAME) String name) {
        api.print(api.get(ApiPath.of("experiments", name)), ExperimentText::lines);
    }

    @Command(
            name = "start",
            description =
                    "Starts all arms at once, or none. With --wait they start when enough devices have joined each.")
    void start(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "EXPERIMENT", description = NAME) String name,
            @Mixin WaitOptions wait)
            throws InterruptedException {
        api.print(
                wait.postOnceEnoughMembers(
                        api.client(),
                        ApiPath.of("experiments", name, "start"),
                        "each arm of experiment '" + name + "'"),
                ExperimentText::lines);
    }

    @Command(
            name = "stop",
            description = "Cancels the arms that are not over, all at once. Their models and records stay.")
    void stop(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "EXPERIMENT", description = NAME) String name,
            @Mixin Confirmation confirmation)
            throws IOException {
        CoordinatorClient client = api.client();
        confirmation.require("Stop all arms of experiment '" + name + "' for good?");
        api.print(client.post(ApiPath.of("experiments", name, "stop"), null), ExperimentText::lines);
    }

    @Command(name = "delete", description = "Deletes an experiment whose arms are over. Their runs stay.")
    void delete(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "EXPERIMENT", description = NAME) String name,
            @Mixin Confirmation confirmation)
            throws IOException {
        CoordinatorClient client = api.client();
        confirmation.require("Delete experiment '" + name + "'?");
        client.delete(ApiPath.of("experiments", name));
        api.print(JsonObject.of("name", name, "deleted", true), "experiment " + name + " is deleted; its runs stay");
    }
}
