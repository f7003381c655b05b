package io.evenkeel.cli.experiments;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists experiments. */
@Command(name = "list", description = "Lists experiments, newest first.")
final class ListExperimentsCommand extends ApiCommand {

    @Option(names = "--name", paramLabel = "TEXT", description = "Only experiments with this text in their names.")
    private @Nullable String search;

    @Option(names = "--run", paramLabel = "RUN", description = "Only the experiment that has this run as an arm.")
    private @Nullable String run;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "The maximum number of entries, 1 to 1000 (default: 100).")
    private int limit = 100;

    ListExperimentsCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode experiments = client.get(ApiPath.of("experiments")
                .with("search", search)
                .with("run", run)
                .with("limit", limit));
        output.print(experiments, page -> ExperimentText.list(experiments, page));
        return 0;
    }
}
