package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Stops a roll-out. */
@Command(
        name = "stop",
        description = "Stops a roll-out. Its devices return to the version before with their next request.")
final class StopRolloutCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RolloutId rollout;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ReasonOption reason;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private Confirmation confirmation;

    StopRolloutCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws IOException {
        confirmation.require(
                "Stop roll-out " + rollout + " at " + client.address() + " for good?",
                "Its devices return to the version before");
        JsonNode changed = client.post(rollout.path("stop"), reason.body());
        output.print(changed, page -> RolloutText.lines(changed, page));
        return 0;
    }
}
