package io.evenkeel.cli.experiments;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Cancels the arms of an experiment. */
@Command(name = "stop", description = "Cancels the arms that are not over, all at once. Their models and records stay.")
final class StopExperimentCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ExperimentName experiment;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Confirmation confirmation;

    StopExperimentCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        confirmation.require("Stop all arms of experiment '" + experiment.text() + "' for good?");
        JsonNode stopped = client.post(experiment.path("stop"), null);
        output.print(stopped, page -> ExperimentText.lines(stopped, page));
        return 0;
    }
}
