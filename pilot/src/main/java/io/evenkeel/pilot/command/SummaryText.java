package io.evenkeel.pilot.command;

import io.evenkeel.pilot.result.Summary;
import io.evenkeel.pilot.terminal.Quantity;
import io.evenkeel.pilot.terminal.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A summary for people to read on a terminal. */
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
                "%s: d = %,d, %,d clients, %,d samples, %,d rounds, %d %s; ||grad f(x0)|| = %s",
                problem.description(),
                problem.dimension(),
                problem.clients(),
                problem.samples(),
                problem.rounds(),
                problem.seeds().size(),
                problem.seeds().size() == 1 ? "seed" : "seeds",
                number(problem.initialGradNorm())));
        lines.add("");
        lines.addAll(arms().lines());
        if (!summary.targets().isEmpty()) {
            lines.add("");
            lines.add("Rounds / bytes up until:");
            lines.addAll(reaches().lines());
        }
        for (Summary.Comparison comparison : summary.comparisons()) {
            lines.add("");
            lines.add(comparison.arm() + " against " + summary.baseline() + ": " + comparison.text());
        }
        return lines;
    }

    private Table arms() {
        Table table = new Table()
                .row(
                        "arm",
                        "step size",
                        "compressor",
                        "loss",
                        "||grad f||",
                        "accuracy",
                        "rises",
                        "bytes up",
                        "down",
                        "s");
        for (Summary.ArmSummary arm : summary.arms()) {
            int n = Math.max(1, arm.runs().size());
            long up = arm.runs().stream().mapToLong(Summary.Run::uplinkBytes).sum() / n;
            long down =
                    arm.runs().stream().mapToLong(Summary.Run::downlinkBytes).sum() / n;
            double seconds =
                    arm.runs().stream().mapToDouble(Summary.Run::seconds).sum() / n;
            Double rises = arm.stability().shareOfRises();
            table.row(
                    arm.name(),
                    arm.gamma(),
                    arm.compressor(),
                    number(arm.quality().loss().median()),
                    number(arm.quality().gradNorm().median()),
                    number(arm.quality().testMetric().median()),
                    rises == null ? "-" : String.format(Locale.ROOT, "%.0f%%", 100 * rises),
                    Quantity.bytes(up),
                    Quantity.bytes(down),
                    String.format(Locale.ROOT, "%.2f", seconds)
                            + (arm.stability().divergences() == 0
                                    ? ""
                                    : "  diverged: " + arm.stability().divergences() + " of " + n));
        }
        return table;
    }

    private Table reaches() {
        Table table = new Table();
        List<String> header = new ArrayList<>(List.of("arm"));
        header.addAll(summary.targets());
        table.row(header.toArray(String[]::new));
        for (Summary.ArmSummary arm : summary.arms()) {
            List<String> row = new ArrayList<>(List.of(arm.name()));
            arm.reaches().forEach(reach -> row.add(reached(reach)));
            table.row(row.toArray(String[]::new));
        }
        return table;
    }

    private static String reached(Summary.Reach reach) {
        Double rounds = reach.rounds().median();
        Double bytes = reach.uplinkBytes().median();
        if (rounds == null || bytes == null) {
            return reach.reached() == 0 ? "never" : "in " + reach.reached() + " of " + reach.seeds();
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
