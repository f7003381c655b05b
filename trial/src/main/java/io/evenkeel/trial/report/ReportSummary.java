package io.evenkeel.trial.report;

import io.evenkeel.trial.result.Summary;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The first sentences of a report: who got where at what price. */
final class ReportSummary {

    private final Summary summary;

    ReportSummary(Summary summary) {
        this.summary = summary;
    }

    String sentence() {
        for (int t = summary.targets().size() - 1; t >= 0; t--) {
            int target = t;
            Optional<Summary.ArmSummary> best = summary.arms().stream()
                    .filter(arm -> arm.reaches().get(target).uplinkBytes().median() != null)
                    .min(Comparator.comparing(arm -> bytes(arm, target)));
            if (best.isPresent()) {
                return cheapest(best.get(), target);
            }
        }
        return leastLoss();
    }

    private static double bytes(Summary.ArmSummary arm, int target) {
        Double median = arm.reaches().get(target).uplinkBytes().median();
        return median == null ? Double.POSITIVE_INFINITY : median;
    }

    private String cheapest(Summary.ArmSummary best, int target) {
        Summary.Reach reach = best.reaches().get(target);
        boolean baseline = best.name().equals(summary.baseline());
        String text = "Cheapest to " + TextFormat.target(reach.target()) + ": " + best.name()
                + (baseline ? ", the baseline" : "") + ", after " + rounds(reach) + " rounds and "
                + TextFormat.bytes(bytes(best, target)) + " sent up by all clients together.";
        return text + (baseline ? others(target) : baseline(target));
    }

    private static String rounds(Summary.Reach reach) {
        return TextFormat.number(reach.rounds().median());
    }

    private String baseline(int target) {
        Summary.Reach theirs = summary.arms().stream()
                .filter(arm -> arm.name().equals(summary.baseline()))
                .findFirst()
                .orElseThrow()
                .reaches()
                .get(target);
        Double bytes = theirs.uplinkBytes().median();
        if (bytes == null) {
            return theirs.reached() == 0
                    ? " The baseline " + summary.baseline()
                            + (summary.complete() ? " never got there." : " had not got there when it was stopped.")
                    : " The baseline " + summary.baseline() + " got there in "
                            + TextFormat.count(theirs.reached(), theirs.seeds()) + " runs.";
        }
        return " The baseline " + summary.baseline() + " took " + rounds(theirs) + " rounds and "
                + TextFormat.bytes(bytes) + ".";
    }

    private String others(int target) {
        List<String> never = summary.arms().stream()
                .filter(arm -> arm.reaches().get(target).reached() == 0)
                .map(Summary.ArmSummary::name)
                .toList();
        String which = summary.complete() ? " Never got there: " : " Not there when they were stopped: ";
        return never.isEmpty() ? "" : which + String.join(", ", never) + ".";
    }

    private String leastLoss() {
        Optional<Summary.ArmSummary> best = summary.arms().stream()
                .filter(arm -> arm.quality().loss().median() != null)
                .min(Comparator.comparing(ReportSummary::loss));
        return best.map(arm -> "No target was reached. Least final loss: " + arm.name() + ", "
                        + TextFormat.loss(arm.quality().loss().median()) + ".")
                .orElse("No target was reached, and no run got to its end.");
    }

    private static double loss(Summary.ArmSummary arm) {
        Double median = arm.quality().loss().median();
        return median == null ? Double.POSITIVE_INFINITY : median;
    }
}
