package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Resumes a roll-out. */
@Command(name = "resume", description = "Resumes a paused roll-out. Its open group gets its whole time again.")
final class ResumeRolloutCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RolloutId rollout;

    ResumeRolloutCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode changed = client.post(rollout.path("resume"), null);
        output.print(changed, page -> RolloutText.lines(changed, page));
        return 0;
    }
}
