package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The differences that matter. A verdict calls nothing better or worse by less.
 *
 * @param accuracyPoints of the final accuracy or R² on held-out samples, in percentage points
 * @param lossPercent of the final loss, in percent of what the training it is compared with took off the loss
 * @param roundsPercent of the rounds to a target, in percent
 * @param bytesPercent of the bytes to a target, in percent
 */
public record ThresholdSettings(double accuracyPoints, double lossPercent, double roundsPercent, double bytesPercent) {

    /** Those of a trial that names none. */
    public static final ThresholdSettings USUAL = new ThresholdSettings(0.5, 2, 10, 10);

    private static final List<String> NAMES = List.of("accuracy", "loss", "rounds", "bytes");

    public ThresholdSettings {
        Check.atLeast("thresholds.accuracy-points", accuracyPoints, 0);
        Check.atLeast("thresholds.loss-percent", lossPercent, 0);
        Check.atLeast("thresholds.rounds-percent", roundsPercent, 0);
        Check.atLeast("thresholds.bytes-percent", bytesPercent, 0);
    }

    /**
     * Reads what a command line says.
     *
     * @param named by accuracy, loss, rounds or bytes
     * @throws IllegalArgumentException if there is another name, or a number is negative
     */
    public static Draft draft(Map<String, Double> named) {
        for (String name : named.keySet()) {
            Check.that(
                    NAMES.contains(name),
                    "threshold '" + name + "': expected accuracy (in points), loss, rounds or bytes (in percent)");
        }
        return new Draft(named.get("accuracy"), named.get("loss"), named.get("rounds"), named.get("bytes"));
    }

    /** The {@link ThresholdSettings} that a user gave; defaults replace what is null. */
    public record Draft(
            @Nullable Double accuracyPoints,
            @Nullable Double lossPercent,
            @Nullable Double roundsPercent,
            @Nullable Double bytesPercent) {

        ThresholdSettings complete() {
            ThresholdSettings usual = ThresholdSettings.USUAL;
            return new ThresholdSettings(
                    or(accuracyPoints, usual.accuracyPoints()),
                    or(lossPercent, usual.lossPercent()),
                    or(roundsPercent, usual.roundsPercent()),
                    or(bytesPercent, usual.bytesPercent()));
        }
    }
}
