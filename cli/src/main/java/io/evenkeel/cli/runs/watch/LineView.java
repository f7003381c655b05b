package io.evenkeel.cli.runs.watch;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.cli.output.OutputOptions;
import java.time.Instant;
import java.util.List;

/** Prints a line for each event and each change of the progress. Not thread-safe. */
final class LineView implements WatchView {

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
