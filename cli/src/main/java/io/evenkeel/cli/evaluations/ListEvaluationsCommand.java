package io.evenkeel.cli.evaluations;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists evaluations. */
@Command(name = "list", description = "Lists evaluations, newest first.")
final class ListEvaluationsCommand extends ApiCommand {

    @Option(names = "--name", paramLabel = "TEXT", description = "Only evaluations with this text in their names.")
    private @Nullable String search;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "The maximum number of entries, 1 to 1000 (default: 100).")
    private int limit = 100;

    ListEvaluationsCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode evaluations =
                client.get(ApiPath.of("evaluations").with("search", search).with("limit", limit));
        output.print(evaluations, page -> EvaluationText.list(evaluations, page));
        return 0;
    }
}
