package io.evenkeel.cli.runs.watch;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.tools.terminal.TerminalSize;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Redraws the live screen, and prints the last one at the end. Not thread-safe. */
final class LiveView implements WatchView {

    private static final String HINT = "Ctrl-C quits; the run continues.";

    private final CliEnvironment environment;
    private final OutputOptions output;
    private final WatchScreen screen;
    private final LiveDisplay display;
    private RunPoller.@Nullable Snapshot last;
    private List<String> shown = List.of();

    LiveView(CliEnvironment environment, OutputOptions output, String address) {
        this.environment = environment;
        this.output = output;
        this.screen = new WatchScreen(address);
        this.display = new LiveDisplay(output.out());
    }

    @Override
    public boolean showsOpenRound() {
        return true;
    }

    @Override
    public void show(RunPoller.Snapshot snapshot, RunEvents events, List<RunEvents.Event> fresh) {
        last = snapshot;
        draw(snapshot, events);
    }

    @Override
    public void unreachable(RunEvents events, RunEvents.Event event) {
        if (last != null) {
            draw(last, events);
        }
    }

    private void draw(RunPoller.Snapshot snapshot, RunEvents events) {
        TerminalSize size = environment.size().get();
        TextLayout usual = output.page();
        TextLayout page = new TextLayout(usual.style(), size.columns(), usual.now());
        shown = screen.lines(snapshot, events, page);
        List<String> lines = new ArrayList<>(shown);
        lines.add("");
        lines.add(HINT);
        display.draw(lines, size.rows());
    }

    @Override
    public void close() {
        display.close();
        shown.forEach(output.out()::println);
        output.out().flush();
    }
}
