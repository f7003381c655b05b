package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Shows the status and the definition of a run. */
@Command(name = "show", description = "Shows the status of a run, and its definition with all defaults.")
final class ShowRunCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    ShowRunCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode document = client.get(run.path());
        output.print(document, page -> RunText.lines(document, page));
        return 0;
    }
}
