package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.report.TextFormat;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Summary;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Tables of summaries in Markdown. */
final class MarkdownTable {

    private MarkdownTable() {}

    /** Returns a row for each arm: rounds to each target (the median, and the interval over seeds), and where it ended. */
    static String of(Summary summary) {
        StringBuilder table = new StringBuilder("| arm | step size |");
        summary.targets()
                .forEach(target -> table.append(" rounds to ")
                        .append(target.replace(':', ' '))
                        .append(" |"));
        table.append(" final loss | best ‖∇f‖ | loss rose in |\n|---|---|");
        table.append("---|".repeat(summary.targets().size() + 3)).append('\n');
        for (ArmSummary arm : summary.arms()) {
            table.append("| ")
                    .append(arm.name())
                    .append(" | ")
                    .append(schedule(arm.gamma()))
                    .append(" |");
            arm.reaches()
                    .forEach(reach -> table.append(' ').append(rounds(reach)).append(" |"));
            table.append(' ').append(number(arm.quality().loss().median()));
            table.append(" | ").append(number(arm.quality().bestGradNorm().median()));
            Double rises = arm.stability().shareOfRises();
            table.append(" | ")
                    .append(rises == null ? "-" : String.format(Locale.ROOT, "%.0f%%", 100 * rises))
                    .append(" |\n");
        }
        return table.toString();
    }

    static String schedule(String gamma) {
        return TextFormat.stepSize(gamma);
    }

    static String rounds(ArmSummary.Reach reach) {
        Double rounds = reach.rounds().median();
        if (rounds == null) {
            return reach.reached() == 0 ? "-" : "in " + reach.reached() + " of " + reach.seeds();
        }
        Double low = reach.rounds().low();
        Double high = reach.rounds().high();
        String interval = low == null || low.equals(high)
                ? ""
                : String.format(
                        Locale.ROOT, " [%.0f, %s]", low, high == null ? "∞" : String.format(Locale.ROOT, "%.0f", high));
        return String.format(Locale.ROOT, "%.0f%s", rounds, interval);
    }

    static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.4g", value);
    }
}
