package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A table in Markdown, built row by row. */
final class MarkdownTable {

    private final StringBuilder text = new StringBuilder();

    MarkdownTable(String first, List<String> more) {
        row(first, more);
        text.append('|').append("---|".repeat(more.size() + 1)).append('\n');
    }

    void row(String first, List<String> more) {
        text.append("| ").append(first);
        more.forEach(cell -> text.append(" | ").append(cell));
        text.append(" |\n");
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /**
     * Returns a row for each arm: rounds to each target (the median, and the interval over seeds), and the final
     * figures.
     */
    static MarkdownTable of(Summary summary) {
        List<String> header = new ArrayList<>(List.of("step size"));
        summary.targets().forEach(target -> header.add("rounds to " + target.replace(':', ' ')));
        header.addAll(List.of("final loss", "best ‖∇f‖", "loss rose in"));
        MarkdownTable table = new MarkdownTable("arm", header);
        for (ArmSummary arm : summary.arms()) {
            List<String> cells = new ArrayList<>(List.of(TextFormat.stepSize(arm.gamma())));
            arm.reaches().forEach(reach -> cells.add(rounds(reach)));
            cells.add(number(arm.quality().loss().median()));
            cells.add(number(arm.quality().bestGradNorm().median()));
            Double rises = arm.stability().shareOfRises();
            cells.add(rises == null ? "-" : String.format(Locale.ROOT, "%.0f%%", 100 * rises));
            table.row(arm.name(), cells);
        }
        return table;
    }

    private static String rounds(ArmSummary.Reach reach) {
        Double rounds = reach.rounds().median();
        if (rounds == null) {
            return reach.reached() == 0 ? "-" : "in " + reach.reached() + " of " + reach.seeds();
        }
        Double low = reach.rounds().low();
        Double high = reach.rounds().high();
        String interval = low == null || low.equals(high)
                ? ""
                : " [" + count(low, "") + ", " + count(high == null ? Double.POSITIVE_INFINITY : high, "∞") + "]";
        return count(rounds, "-") + interval;
    }

    /** Returns a number of rounds, or {@code otherwise} if there is none. */
    static String count(double value, String otherwise) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.0f", value) : otherwise;
    }

    static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.4g", value);
    }
}
