package io.evenkeel.cli.pilot;

import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.tools.terminal.TextTable;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.live.LiveComparison;
import io.evenkeel.trial.live.LiveRecord;
import io.evenkeel.trial.live.LiveRun;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.report.TrialReport;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares runs of real devices, prints the result and writes the report.
 *
 * @param metric the devices' metric to compare; null for the default ones
 * @param baseline the run that others are compared with; null for the first uncompressed one, or else the first
 * @param targets such as {@code loss:0.3}; empty for those that follow from the baseline
 */
public record LiveReport(@Nullable String metric, @Nullable String baseline, List<String> targets) {

    /** Copies the targets. */
    public LiveReport {
        targets = List.copyOf(targets);
    }

    /**
     * Compares the runs in their current state.
     *
     * @param names at least two runs, none of them twice
     * @param out the folder, which is created
     * @throws IllegalArgumentException if they cannot be compared
     */
    public void write(CoordinatorClient client, List<String> names, Path out, Terminal terminal) throws IOException {
        OperatorApi api = new OperatorApi(client);
        List<LiveRun> fetched =
                names.stream().map(name -> LiveRun.fetch(api, name)).toList();
        LiveComparison comparison = new LiveComparison(fetched, metric, baseline);
        Experiment experiment = comparison.experiment(api.address(), targets);
        ResultsFolder folder = ResultsFolder.create(out, experiment);
        LiveRecord record = comparison.write(folder, api.address(), Clock.systemUTC());
        TrialReport.write(folder);
        print(record, folder, terminal);
    }

    private static void print(LiveRecord record, ResultsFolder folder, Terminal terminal) throws IOException {
        differences(record).forEach(terminal.out()::println);
        Summary summary = folder.summary();
        List<String> lines = new ArrayList<>(new SummaryText(summary).lines());
        lines.addAll(SummaryText.closing(summary, record.cautions()));
        terminal.print(lines, "  ");
        terminal.out().println();
        terminal.out().println("Report: " + folder.path().resolve(Page.NAME));
    }

    private static List<String> differences(LiveRecord record) {
        TextTable table = new TextTable();
        row(table, "", record.runs().stream().map(LiveRecord.Run::name));
        row(table, "state", record.runs().stream().map(LiveRecord.Run::state));
        row(
                table,
                "rounds closed",
                record.runs().stream().map(run -> String.format(Locale.ROOT, "%,d", run.closedRounds())));
        record.differences().forEach(difference -> row(table, difference.setting(), difference.values().stream()));
        List<String> lines =
                new ArrayList<>(List.of("What differs between the runs; all other settings are the same:"));
        lines.addAll(table.lines());
        return lines;
    }

    private static void row(TextTable table, String name, Stream<String> cells) {
        table.row(Stream.concat(Stream.of(name), cells).toList());
    }
}
