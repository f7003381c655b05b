package io.evenkeel.cli.experiments;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Shows an experiment. */
@Command(name = "show", description = "Shows an experiment and where its arms stand.")
final class ShowExperimentCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ExperimentName experiment;

    ShowExperimentCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode document = client.get(experiment.path());
        output.print(document, page -> ExperimentText.lines(document, page));
        return 0;
    }
}
