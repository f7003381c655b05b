package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.Properties;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Estimates the smoothness of a run's loss. */
@Command(
        name = "smoothness",
        description = "Estimates the smoothness of the loss (L0 and L1), for runs whose devices report it.")
final class SmoothnessCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    SmoothnessCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode estimate = client.get(run.path("smoothness"));
        output.print(estimate, page -> {
            Properties properties = new Properties();
            estimate.properties()
                    .forEach(field -> properties.add(
                            field.getKey(),
                            field.getValue().isValueNode()
                                    ? field.getValue().asString("")
                                    : field.getValue().toString()));
            return properties.lines(page);
        });
        return 0;
    }
}
