package io.evenkeel.trial.report;

import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.experiment.ThresholdSettings;
import io.evenkeel.trial.live.LiveRecord;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.TextFormat;
import io.evenkeel.trial.text.Texts;
import java.util.List;

/** Describes how the trial was run, how to repeat it, and how to read its figures. */
final class MethodSection {

    private static final int NOTES = 7;
    private static final int NOTES_LIVE = 6;

    private final Texts texts;
    private final TrialResults trial;

    MethodSection(Texts texts, TrialResults trial) {
        this.texts = texts;
        this.trial = trial;
    }

    void write(Markup to) {
        to.element("h2", texts.get("method.heading"));
        arms(to);
        if (trial.summary().arms().stream().anyMatch(arm -> arm.search() != null)) {
            searches(to);
        }
        environment(to);
        LiveRecord live = trial.live();
        if (live == null) {
            to.element("p", texts.get("method.again"));
            to.element("pre", "evenkeel pilot compare --file " + ExperimentFile.NAME + " --out again");
        } else {
            to.element("p", texts.get("method.again.live"));
            to.element("pre", live.command());
        }
        to.element("p", texts.get("method.file", ExperimentFile.NAME));
        to.element("pre", trial.yaml());
        to.element("h2", texts.get("method.reading"));
        to.open("ul");
        String kind = live == null ? "reading.trial." : "reading.live.";
        for (int note = 1; note <= (live == null ? NOTES : NOTES_LIVE); note++) {
            to.element("li", texts.get(kind + note));
        }
        to.element("li", thresholds());
        to.close();
    }

    private String thresholds() {
        ThresholdSettings least = trial.summary().thresholds();
        return texts.get(
                "reading.thresholds",
                Numerals.shortest(least.accuracyPoints(), 3),
                Numerals.shortest(least.lossPercent(), 3),
                Numerals.shortest(least.roundsPercent(), 3),
                Numerals.shortest(least.bytesPercent(), 3));
    }

    private void searches(Markup to) {
        Grid grid = Grid.begin(
                to,
                texts.get("method.searches"),
                texts.list("column.", "method", "step-size", "training-loss", "ended", "rounds", "up", "down"));
        for (ArmSummary arm : trial.summary().arms()) {
            ArmSummary.Search search = arm.search();
            if (search == null) {
                continue;
            }
            for (ArmSummary.Candidate tried : search.candidates()) {
                grid.row(
                        trial.style(arm.name()),
                        List.of(
                                arm.name(),
                                gamma(tried, search.chosen()),
                                TextFormat.loss(tried.loss()),
                                texts.get("candidate." + tried.outcome()),
                                TextFormat.number((double) tried.rounds()),
                                TextFormat.bytes((double) tried.uplinkBytes()),
                                TextFormat.bytes((double) tried.downlinkBytes())));
            }
        }
        grid.end();
    }

    private String gamma(ArmSummary.Candidate tried, String chosen) {
        String gamma = TextFormat.stepSize(tried.gamma());
        return tried.gamma().equals(chosen) ? texts.get("method.chosen", gamma) : gamma;
    }

    private void arms(Markup to) {
        Grid grid = Grid.begin(
                to,
                texts.get("method.arms"),
                texts.list(
                        "column.",
                        "method",
                        "algorithm",
                        "feedback",
                        "step-rule",
                        "step-size",
                        "momentum",
                        "compressor",
                        "alpha",
                        "privacy"));
        for (ArmSummary arm : trial.summary().arms()) {
            grid.row(
                    trial.style(arm.name()),
                    List.of(
                            arm.name(),
                            arm.algorithm(),
                            arm.feedback(),
                            arm.step(),
                            arm.gamma(),
                            arm.eta(),
                            arm.compressor(),
                            TextFormat.number(arm.alpha()),
                            privacy(arm)));
        }
        grid.end();
    }

    private String privacy(ArmSummary arm) {
        ArmSummary.Privacy privacy = arm.privacy();
        return privacy == null ? texts.get("privacy.none") : privacy.mechanism() + ": " + privacy.text();
    }

    private void environment(Markup to) {
        Summary.Environment environment = trial.summary().environment();
        if (environment != null) {
            to.element(
                    "p",
                    texts.get(
                            "method.environment",
                            environment.evenkeel(),
                            environment.java(),
                            environment.system(),
                            Integer.toString(environment.processors()),
                            environment.finished()));
        }
    }
}
