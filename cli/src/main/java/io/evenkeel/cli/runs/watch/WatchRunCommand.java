package io.evenkeel.cli.runs.watch;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.CoordinatorClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    /** Prints a line for each event and each change in progress. Not thread-safe. */
    private static final class LineView implements WatchView {

        private final CliEnvironment environment;
        private final OutputOptions output;
        private String last = "";

        LineView(CliEnvironment environment, OutputOptions output) {
            this.environment = environment;
            this.output = output;
        }

        @Override
        public boolean showsOpenRound() {
            return false;
        }

        @Override
        public void show(RunPoller.Snapshot snapshot, RunEvents events, List<RunEvents.Event> fresh) {
            fresh.forEach(event -> output.note(WatchLines.at(event.at(), event.text())));
            String progress = WatchLines.progress(snapshot);
            if (!progress.equals(last)) {
                last = progress;
                Instant now = environment.clock().instant();
                output.line(RunPoller.document(snapshot), WatchLines.at(now, progress));
            }
        }

        @Override
        public void unreachable(RunEvents events, RunEvents.Event event) {
            output.note(WatchLines.at(event.at(), event.text()));
        }

        @Override
        public void close() {}
    }
}
