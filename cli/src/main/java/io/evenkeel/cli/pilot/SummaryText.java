package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.tools.terminal.TextTable;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.ClassBalance;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.Figures;
import io.evenkeel.trial.text.Language;
import io.evenkeel.trial.text.TextFormat;
import io.evenkeel.trial.text.Texts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Formats a summary for a terminal. */
final class SummaryText {

    private final Summary summary;

    SummaryText(Summary summary) {
        this.summary = summary;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        Summary.Problem problem = summary.problem();
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "%s: d = %,d, %,d clients,%s %,d rounds, %d %s%s",
                problem.description(),
                problem.dimension(),
                problem.clients(),
                problem.samples() == 0 ? "" : String.format(Locale.ROOT, " %,d samples,", problem.samples()),
                problem.rounds(),
                problem.seeds().size(),
                problem.seeds().size() == 1 ? "seed" : "seeds",
                compressors() == 1 ? ", compressor " + summary.arms().get(0).compressor() : ""));
        ClassBalance classes = problem.classes();
        if (classes != null) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%d classes: the largest has %.1f%% of the training samples, the smallest %.1f%%%s",
                    classes.classes(),
                    100 * classes.largest(),
                    100 * classes.smallest(),
                    classes.unbalanced() ? ", so the loss counts beside the " + problem.metric() : ""));
        }
        lines.add("");
        lines.addAll(arms().lines());
        divergences(lines);
        if (!summary.targets().isEmpty()) {
            lines.add("");
            lines.add("Rounds / bytes sent until:");
            lines.addAll(reaches().lines());
        }
        return lines;
    }

    /** Returns the last lines: the headline, then cautions. */
    static List<String> closing(Summary summary, List<String> cautions) {
        List<String> lines = new ArrayList<>();
        for (String sentence : summary.verdict().sentences()) {
            lines.add("");
            lines.add(sentence);
        }
        if (!cautions.isEmpty()) {
            lines.add("");
            lines.add("Be careful:");
            cautions.forEach(caution -> lines.add("- " + caution));
        }
        return lines;
    }

    /** Leaves out columns that are the same for all arms, or empty. */
    private TextTable arms() {
        boolean oneCompressor = compressors() == 1;
        String metric = summary.problem().metric();
        boolean isPrivate = summary.arms().stream().anyMatch(arm -> arm.privacy() != null);
        boolean searched = summary.arms().stream().anyMatch(arm -> arm.search() != null);
        TextTable table = new TextTable();
        List<String> header = new ArrayList<>(List.of("arm", "step size"));
        if (!oneCompressor) {
            header.add("compressor");
        }
        if (isPrivate) {
            header.add("privacy");
        }
        if (metric != null) {
            header.add(metric);
        }
        header.addAll(List.of("loss", "rises", "sent", "fetched"));
        if (searched) {
            header.add("search before: runs, rounds, sent");
        }
        table.row(header);
        for (ArmSummary arm : summary.arms()) {
            List<String> row = new ArrayList<>(List.of(arm.name(), TextFormat.stepSize(arm.gamma())));
            if (!oneCompressor) {
                row.add(arm.compressor());
            }
            if (isPrivate) {
                ArmSummary.Privacy privacy = arm.privacy();
                row.add(privacy == null ? "none" : privacy.text());
            }
            if (metric != null) {
                row.add(TextFormat.quality(metric, arm.quality().testMetric().median()));
            }
            row.add(number(arm.quality().loss().median()));
            Double rises = arm.stability().shareOfRises();
            row.add(rises == null ? "-" : String.format(Locale.ROOT, "%.0f%%", 100 * rises));
            row.add(Quantity.bytes(mean(arm, ArmSummary.Run::uplinkBytes)));
            row.add(Quantity.bytes(mean(arm, ArmSummary.Run::downlinkBytes)));
            if (searched) {
                row.add(search(arm.search()));
            }
            table.row(row);
        }
        return table;
    }

    private static String search(ArmSummary.@Nullable Search search) {
        return search == null
                ? "none"
                : String.format(
                        Locale.ROOT,
                        "%d, %,d, %s",
                        search.candidates().size() - 1,
                        search.rounds(),
                        Quantity.bytes(search.uplinkBytes()));
    }

    private long compressors() {
        return summary.arms().stream().map(ArmSummary::compressor).distinct().count();
    }

    private static long mean(ArmSummary arm, ToLongFunction<ArmSummary.Run> bytes) {
        return arm.runs().stream().mapToLong(bytes).sum()
                / Math.max(1, arm.runs().size());
    }

    private void divergences(List<String> lines) {
        for (ArmSummary arm : summary.arms()) {
            List<String> rounds = arm.runs().stream()
                    .filter(run -> "diverged".equals(run.outcome()))
                    .map(run -> "seed " + run.seed() + " in round " + run.round())
                    .toList();
            if (!rounds.isEmpty()) {
                lines.add("");
                lines.add(arm.name() + " diverged in " + rounds.size() + " of "
                        + arm.runs().size() + " runs: " + String.join(", ", rounds) + ".");
            }
        }
    }

    private TextTable reaches() {
        TextTable table = new TextTable();
        List<String> header = new ArrayList<>(List.of("arm"));
        Figures figures = new Figures(Texts.in(Language.ENGLISH), summary);
        for (int target = 0; target < summary.targets().size(); target++) {
            header.add(figures.target(summary, target));
        }
        table.row(header);
        for (ArmSummary arm : summary.arms()) {
            List<String> row = new ArrayList<>(List.of(arm.name()));
            arm.reaches().forEach(reach -> row.add(reached(reach, summary.complete())));
            table.row(row);
        }
        return table;
    }

    private static String reached(ArmSummary.Reach reach, boolean complete) {
        Double rounds = reach.rounds().median();
        Double bytes = reach.uplinkBytes().median();
        if (rounds == null || bytes == null) {
            return reach.reached() == 0
                    ? (complete ? "never" : "not yet")
                    : "in " + reach.reached() + " of " + reach.seeds();
        }
        Double low = reach.rounds().low();
        Double high = reach.rounds().high();
        String interval = low == null || (high != null && low.equals(high))
                ? ""
                : String.format(
                        Locale.ROOT, " [%.0f-%s]", low, high == null ? "" : String.format(Locale.ROOT, "%.0f", high));
        return String.format(Locale.ROOT, "%.0f%s / %s", rounds, interval, Quantity.bytes(Math.round(bytes)));
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.4g", value);
    }
}
