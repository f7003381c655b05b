package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Resumes a paused run. */
@Command(
        name = "resume",
        description = "Resumes a paused run. The open round's deadline moves by the length of the pause.")
final class ResumeRunCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    ResumeRunCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode changed = client.post(run.path("resume"), null);
        output.print(changed, page -> List.of(RunText.headline(changed, page)));
        return 0;
    }
}
