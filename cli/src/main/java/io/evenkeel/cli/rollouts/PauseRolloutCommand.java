package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Pauses a roll-out. */
@Command(
        name = "pause",
        description = "Pauses a roll-out: no further device gets the version, and those that have it keep it.")
final class PauseRolloutCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RolloutId rollout;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ReasonOption reason;

    PauseRolloutCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode changed = client.post(rollout.path("pause"), reason.body());
        output.print(changed, page -> RolloutText.lines(changed, page));
        return 0;
    }
}
