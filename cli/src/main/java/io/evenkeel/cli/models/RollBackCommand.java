package io.evenkeel.cli.models;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Moves an alias back. */
@Command(
        name = "rollback",
        description = "Moves an alias back to the version that it named before. A second roll-back undoes the first.")
final class RollBackCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ModelName model;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private AliasOption alias;

    RollBackCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode change = client.post(model.path("aliases", alias.text(), "rollback"), null);
        output.print(change, page -> List.of(PromoteCommand.named(change)));
        return 0;
    }
}
