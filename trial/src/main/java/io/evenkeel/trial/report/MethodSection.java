package io.evenkeel.trial.report;

import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.experiment.ThresholdSettings;
import io.evenkeel.trial.live.LiveRecord;
import io.evenkeel.trial.plot.Markup;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.Summary;
import java.util.List;

/** How a trial was run, how to run it again, and how to read its figures. */
final class MethodSection {

    private static final List<String> READING = List.of(
            "A round's figures are those of the model before its step: after round k means k steps were taken.",
            "Bytes are all that would have been sent and fetched, as the wire format encodes it: indices, values, headers and the"
                    + " initial messages up; the model at joining and sparse updates down. HTTP's own headers are not counted.",
            "Seconds are wall time of the methods' own work on the machine below, all clients one after the other.",
            "Intervals beside medians are 95% percentile bootstrap intervals over seeds; a run that never got there counts as"
                    + " infinite.",
            "A step size that was searched for is the one of its grid with which training with the first seed ended at the least"
                    + " training loss; held-out samples have no say.",
            "Share of rises: recorded rounds in which the loss was higher than at the one recorded before. Spread of the last tenth:"
                    + " largest less smallest loss in the last tenth of the rounds.",
            "Curves are thinned to what a screen can show: of each column of pixels the first, last, lowest and highest point stay,"
                    + " so no peak is lost. trajectory.csv has every point.");

    private static final List<String> READING_LIVE = List.of(
            "A round's figures are those that its devices reported of the model before its step: after round k means k steps were"
                    + " taken. Nobody has measured the newest model yet.",
            "Bytes are the bodies of accepted messages up, and of models and updates served down; what was served in a round"
                    + " that a restart of the coordinator interrupted is not counted. HTTP's own headers are not counted.",
            "Seconds are from a round's opening to its closing: computing, waiting and pauses together.",
            "Gradients' norms are not known, as devices do not report them.",
            "Share of rises: rounds in which the trailing mean of the loss was higher than in the one before. Spread of the last"
                    + " tenth: largest less smallest trailing mean in the last tenth of the rounds.",
            "Curves are thinned to what a screen can show: of each column of pixels the first, last, lowest and highest point stay,"
                    + " so no peak is lost. trajectory.csv has every point.");

    private final TrialResults trial;

    MethodSection(TrialResults trial) {
        this.trial = trial;
    }

    void write(Markup to) {
        to.element("h2", "How it was run");
        arms(to);
        if (trial.summary().arms().stream().anyMatch(arm -> arm.search() != null)) {
            searches(to);
        }
        environment(to);
        LiveRecord live = trial.live();
        if (live == null) {
            to.element("p", "The same again, to the last bit of every loss:");
            to.element("pre", "evenkeel pilot compare --file " + ExperimentFile.NAME + " --out again");
        } else {
            to.element(
                    "p",
                    "The same from the coordinator's records as they are then; runs.json has the definitions in full:");
            to.element("pre", live.command());
        }
        to.element("p", ExperimentFile.NAME + ":");
        to.element("pre", trial.yaml());
        to.element("h2", "How to read it");
        to.open("ul");
        (live == null ? READING : READING_LIVE).forEach(line -> to.element("li", line));
        to.element("li", thresholds());
        to.close();
    }

    private String thresholds() {
        ThresholdSettings least = trial.summary().thresholds();
        return "A verdict calls nothing better or worse by less than " + Numerals.shortest(least.accuracyPoints(), 3)
                + " points of accuracy, " + Numerals.shortest(least.lossPercent(), 3)
                + "% of what training took off the loss, " + Numerals.shortest(least.roundsPercent(), 3)
                + "% of the rounds, or " + Numerals.shortest(least.bytesPercent(), 3)
                + "% of the bytes; nor, with several seeds, if the paired t-test's 95% interval includes no difference.";
    }

    private void searches(Markup to) {
        Grid grid = Grid.begin(
                to,
                "The searches for step sizes, with the first seed",
                List.of("method", "step size", "training loss", "ended", "rounds", "bytes up", "bytes down"));
        for (Summary.ArmSummary arm : trial.summary().arms()) {
            Summary.Search search = arm.search();
            for (Summary.Candidate tried : search == null ? List.<Summary.Candidate>of() : search.candidates()) {
                grid.row(
                        trial.style(arm.name()),
                        List.of(
                                arm.name(),
                                TextFormat.stepSize(tried.gamma())
                                        + (tried.gamma().equals(search.chosen()) ? ", chosen" : ""),
                                TextFormat.loss(tried.loss()),
                                tried.outcome(),
                                TextFormat.number((double) tried.rounds()),
                                TextFormat.bytes(tried.uplinkBytes()),
                                TextFormat.bytes(tried.downlinkBytes())));
            }
        }
        grid.end();
    }

    private void arms(Markup to) {
        Grid grid = Grid.begin(
                to,
                "The methods",
                List.of(
                        "method",
                        "algorithm",
                        "error feedback",
                        "step rule",
                        "step size",
                        "momentum",
                        "compressor",
                        "alpha"));
        for (Summary.ArmSummary arm : trial.summary().arms()) {
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
                            TextFormat.number(arm.alpha())));
        }
        grid.end();
    }

    private void environment(Markup to) {
        Summary.Environment environment = trial.summary().environment();
        if (environment != null) {
            to.element(
                    "p",
                    "Evenkeel " + environment.evenkeel() + ", Java " + environment.java() + ", " + environment.system()
                            + ", " + environment.processors() + " processors; finished " + environment.finished()
                            + ".");
        }
    }
}
