package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Approves a roll-out. */
@Command(
        name = "approve",
        description = "Approves a roll-out, which starts it. Another operator than its creator does this.")
final class ApproveRolloutCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RolloutId rollout;

    ApproveRolloutCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode changed = client.post(rollout.path("approve"), null);
        output.print(changed, page -> RolloutText.lines(changed, page));
        return 0;
    }
}
