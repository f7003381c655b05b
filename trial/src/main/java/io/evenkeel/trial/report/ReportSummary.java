package io.evenkeel.trial.report;

import io.evenkeel.trial.result.Summary;

/** The first sentences of a report: does compression pay, and does normalization spare the search for a step size? */
final class ReportSummary {

    private final Summary summary;

    ReportSummary(Summary summary) {
        this.summary = summary;
    }

    String sentence() {
        return String.join(" ", summary.verdict().sentences()).replace("||grad f||", "‖∇f‖");
    }
}
