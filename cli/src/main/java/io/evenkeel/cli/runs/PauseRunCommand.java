package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Pauses a run. */
@Command(
        name = "pause",
        description = "Pauses a run: the open round takes messages but does not close, and no device gets work.")
final class PauseRunCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    PauseRunCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode changed = client.post(run.path("pause"), null);
        output.print(changed, page -> List.of(RunText.headline(changed, page)));
        return 0;
    }
}
