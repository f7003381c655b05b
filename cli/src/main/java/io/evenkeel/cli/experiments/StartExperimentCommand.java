package io.evenkeel.cli.experiments;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.WaitOptions;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Starts the arms of an experiment. */
@Command(
        name = "start",
        description = "Starts all arms at once, or none. With --wait they start when enough devices have joined each.")
final class StartExperimentCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ExperimentName experiment;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private WaitOptions wait;

    StartExperimentCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws InterruptedException {
        JsonNode started = wait.postOnceEnoughMembers(
                client, experiment.path("start"), "each arm of experiment '" + experiment.text() + "'");
        output.print(started, page -> ExperimentText.lines(started, page));
        return 0;
    }
}
