package io.evenkeel.cli.runs.watch;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.DurationConverter;
import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Follows a run until it ends. */
@Command(
        name = "watch",
        description = {
            "Follows a run until it ends: on a terminal as a live screen, otherwise as a line for each change (with"
                    + " --output json as one JSON document a line).",
            "The exit code is 0 if the run finished, and 1 if it failed or was cancelled."
        })
public final class WatchRunCommand extends ApiCommand {

    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(1);

    private final CliEnvironment environment;

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's name.")
    @SuppressWarnings("NullAway.Init")
    private String run;

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description =
                    "The polling interval, at least 100ms (default: 1s). A run without progress is polled less often.")
    private Duration interval = USUAL_INTERVAL;

    @Option(names = "--lines", description = "Print lines instead of the live screen, also on a terminal.")
    private boolean lines;

    WatchRunCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) throws InterruptedException {
        boolean live = !lines && output.isText() && environment.terminal().get().interactive();
        WatchView view = live ? new LiveView(environment, output, client.address()) : new LineView(environment, output);
        try (EventSignal signal = EventSignal.start(client, run)) {
            return new RunWatch(environment, new RunPoller(client, run), signal, interval)
                    .follow(view)
                    .code();
        }
    }
}
