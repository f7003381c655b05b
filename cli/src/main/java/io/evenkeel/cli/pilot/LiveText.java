package io.evenkeel.cli.pilot;

import io.evenkeel.operator.terminal.TextTable;
import io.evenkeel.trial.live.Difference;
import io.evenkeel.trial.live.LiveRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats the differences between the definitions of real runs. */
final class LiveText {

    private final LiveRecord record;

    LiveText(LiveRecord record) {
        this.record = record;
    }

    List<String> lines() {
        TextTable table = new TextTable();
        List<String> names = new ArrayList<>(List.of(""));
        List<String> states = new ArrayList<>(List.of("state"));
        List<String> rounds = new ArrayList<>(List.of("rounds closed"));
        for (LiveRecord.Run run : record.runs()) {
            names.add(run.name());
            states.add(run.state());
            rounds.add(String.format(Locale.ROOT, "%,d", run.closedRounds()));
        }
        row(table, names);
        row(table, states);
        row(table, rounds);
        for (Difference difference : record.differences()) {
            List<String> cells = new ArrayList<>(List.of(difference.setting()));
            cells.addAll(difference.values());
            row(table, cells);
        }
        List<String> lines =
                new ArrayList<>(List.of("What differs between the runs; all other settings are the same:"));
        lines.addAll(table.lines());
        return lines;
    }

    private static void row(TextTable table, List<String> cells) {
        table.row(cells.toArray(String[]::new));
    }
}
