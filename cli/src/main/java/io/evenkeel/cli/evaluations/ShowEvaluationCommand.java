package io.evenkeel.cli.evaluations;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows an evaluation. */
@Command(name = "show", description = "Shows an evaluation with its statistics over devices and groups.")
final class ShowEvaluationCommand extends ApiCommand {

    @Parameters(paramLabel = "EVALUATION", description = "The evaluation's name.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    ShowEvaluationCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode evaluation = client.get(ApiPath.of("evaluations", name));
        output.print(evaluation, page -> EvaluationText.lines(evaluation, page));
        return 0;
    }
}
