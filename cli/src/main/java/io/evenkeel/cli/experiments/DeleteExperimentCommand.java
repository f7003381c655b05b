package io.evenkeel.cli.experiments;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/** Deletes an experiment. */
@Command(name = "delete", description = "Deletes an experiment whose arms are over. Their runs stay.")
final class DeleteExperimentCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ExperimentName experiment;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Confirmation confirmation;

    DeleteExperimentCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        confirmation.require("Delete experiment '" + experiment.text() + "'?");
        client.delete(experiment.path());
        var done = new JsonMapper()
                .createObjectNode()
                .put("name", experiment.text())
                .put("deleted", true);
        output.print(done, page -> List.of("experiment " + experiment.text() + " is deleted; its runs stay"));
        return 0;
    }
}
