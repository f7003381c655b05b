package io.evenkeel.cli.runs;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.WaitOptions;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Opens a run's first round. */
@Command(
        name = "start",
        description = "Starts a run: round 0 opens. With --wait it starts when enough devices have joined.")
final class StartRunCommand extends ApiCommand {

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private RunName run;

    @Mixin
    @SuppressWarnings("NullAway.Init")
    private WaitOptions wait;

    StartRunCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws InterruptedException {
        JsonNode started = start(client, run.text(), wait);
        output.print(started, page -> List.of(RunText.headline(started, page)));
        return 0;
    }

    /** Starts a run, or waits until it has enough members and starts it then. */
    static JsonNode start(CoordinatorClient client, String run, WaitOptions wait) throws InterruptedException {
        return wait.postOnceEnoughMembers(client, ApiPath.of("runs", run, "start"), "run '" + run + "'");
    }
}
