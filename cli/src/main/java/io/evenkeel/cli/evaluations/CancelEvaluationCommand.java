package io.evenkeel.cli.evaluations;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Ends an evaluation. */
@Command(name = "cancel", description = "Ends an evaluation that takes results. Those it has stay.")
final class CancelEvaluationCommand extends ApiCommand {

    @Parameters(paramLabel = "EVALUATION", description = "The evaluation's name.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Confirmation confirmation;

    CancelEvaluationCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        confirmation.require("End evaluation '" + name + "'?");
        JsonNode ended = client.post(ApiPath.of("evaluations", name, "cancel"), null);
        output.print(ended, page -> EvaluationText.lines(ended, page));
        return 0;
    }
}
