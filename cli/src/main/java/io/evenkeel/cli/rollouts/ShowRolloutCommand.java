package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Shows a roll-out. */
@Command(name = "show", description = "Shows a roll-out: its groups, what its devices reported, and its events.")
final class ShowRolloutCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RolloutId rollout;

    ShowRolloutCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode shown = client.get(rollout.path());
        output.print(shown, page -> RolloutText.lines(shown, page));
        return 0;
    }
}
