package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Ends a run before its last round. */
@Command(name = "cancel", description = "Ends a run for good. Its models and records stay.")
final class CancelRunCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Confirmation confirmation;

    CancelRunCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        confirmation.require("Cancel run '" + run.text() + "' at " + client.address() + " for good?");
        JsonNode changed = client.post(run.path("cancel"), null);
        output.print(changed, page -> List.of(RunText.headline(changed, page)));
        return 0;
    }
}
