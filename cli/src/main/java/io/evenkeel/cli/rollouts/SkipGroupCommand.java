package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Skips the open group of a roll-out. */
@Command(name = "skip", description = "Opens the next group now. After the last one the alias names the version.")
final class SkipGroupCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RolloutId rollout;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private ReasonOption reason;

    SkipGroupCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode changed = client.post(rollout.path("skip"), reason.body());
        output.print(changed, page -> RolloutText.lines(changed, page));
        return 0;
    }
}
