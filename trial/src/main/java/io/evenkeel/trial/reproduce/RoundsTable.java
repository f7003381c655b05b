package io.evenkeel.trial.reproduce;

import io.evenkeel.trial.result.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of the rounds to both targets, with a row for each trial.
 *
 * @param heading its heading
 * @param parts the suffix of the names of its trials
 * @param dimension whether the rows contain the model's size
 * @param columns the columns after the data's name
 * @param expected the cells computed by another program, by the data's name
 * @param worst the sentence below the table
 */
record RoundsTable(
        String heading,
        String parts,
        boolean dimension,
        List<Column> columns,
        @Nullable Map<String, List<String>> expected,
        @Nullable Worst worst) {

    private static final int TARGETS = 2;

    /** The rounds of the best of some arms, divided by those of the best of other arms, if there are any. */
    record Column(String title, List<String> arms, @Nullable List<String> over) {

        private String cell(Summary summary) {
            return over == null
                    ? MarkdownTable.count(best(summary, arms, 0), "-") + "/"
                            + MarkdownTable.count(best(summary, arms, 1), "-")
                    : factor(ratio(summary, arms, over, 0)) + " / " + factor(ratio(summary, arms, over, 1));
        }

        private static String factor(double ratio) {
            return Double.isInfinite(ratio) ? "never got there" : String.format(Locale.ROOT, "%.2f", ratio);
        }
    }

    /** The worst-case slowdown of an arm against the best of the usual arms, and against the best of all. */
    record Worst(String arm, List<String> usual, List<String> all, double allowed, String text) {

        private String sentence(List<Summary> summaries) {
            double overUsual = over(usual, summaries);
            double overAll = over(all, summaries);
            return String.format(
                    Locale.ROOT, "%n" + text + "%n", overUsual, within(overUsual), allowed, overAll, within(overAll));
        }

        private double over(List<String> others, List<Summary> summaries) {
            double worst = 0;
            for (Summary summary : summaries) {
                for (int target = 0; target < TARGETS; target++) {
                    worst = Math.max(worst, ratio(summary, List.of(arm), others, target));
                }
            }
            return worst;
        }

        private String within(double ratio) {
            return ratio <= allowed ? "within" : "beyond";
        }
    }

    private static double best(Summary summary, List<String> arms, int target) {
        return arms.stream()
                .mapToDouble(arm -> TargetRatios.rounds(summary, arm, target))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private static double ratio(Summary summary, List<String> arms, List<String> others, int target) {
        double best = best(summary, others, target);
        return Double.isInfinite(best) ? 0 : best(summary, arms, target) / best;
    }

    String text(List<Reproduction.Part> trials, List<Summary> summaries) {
        MarkdownTable table =
                new MarkdownTable("data", columns.stream().map(Column::title).toList());
        List<Summary> own = new ArrayList<>();
        for (int i = 0; i < summaries.size(); i++) {
            String name = trials.get(i).name();
            if (name.endsWith(parts)) {
                Summary summary = summaries.get(i);
                own.add(summary);
                String data = name.substring(0, name.length() - parts.length());
                table.row(
                        dimension ? data + ", d = " + summary.problem().dimension() : data,
                        columns.stream().map(column -> column.cell(summary)).toList());
                List<String> reference = expected == null ? null : expected.get(data);
                if (reference != null) {
                    table.row(data + ", numpy", reference);
                }
            }
        }
        return "\n### " + heading + "\n\n" + table + (worst == null ? "" : worst.sentence(own));
    }
}
