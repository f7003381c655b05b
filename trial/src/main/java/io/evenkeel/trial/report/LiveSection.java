package io.evenkeel.trial.report;

import io.evenkeel.trial.live.Difference;
import io.evenkeel.trial.live.LiveRecord;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.text.TextFormat;
import io.evenkeel.trial.text.Texts;
import java.util.ArrayList;
import java.util.List;

/** Shows the differences between the definitions of real runs, and the state of each run. */
final class LiveSection {

    private final Texts texts;
    private final LiveRecord live;

    LiveSection(Texts texts, LiveRecord live) {
        this.texts = texts;
        this.live = live;
    }

    void write(Markup to) {
        List<String> header = new ArrayList<>(List.of(texts.get("live.setting")));
        live.runs().forEach(run -> header.add(run.name()));
        Grid grid = Grid.begin(to, texts.get("live.table"), header);
        row(
                grid,
                texts.get("live.state"),
                live.runs().stream().map(LiveRecord.Run::state).toList());
        row(
                grid,
                texts.get("live.rounds"),
                live.runs().stream()
                        .map(run -> TextFormat.number((double) run.closedRounds()))
                        .toList());
        for (Difference difference : live.differences()) {
            row(grid, difference.setting(), difference.values());
        }
        grid.end();
    }

    private static void row(Grid grid, String name, List<String> values) {
        List<String> cells = new ArrayList<>(List.of(name));
        cells.addAll(values);
        grid.row(cells);
    }
}
