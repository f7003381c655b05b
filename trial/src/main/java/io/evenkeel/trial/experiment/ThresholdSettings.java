package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The smallest relevant differences. Verdicts ignore smaller ones.
 *
 * @param accuracyPoints in the final accuracy or R² on held-out samples, in percentage points
 * @param lossPercent in the final loss, in percent of the loss reduction of the
 *     other training
 * @param roundsPercent in the rounds to a target, in percent
 * @param bytesPercent in the bytes to a target, in percent
 */
public record ThresholdSettings(double accuracyPoints, double lossPercent, double roundsPercent, double bytesPercent) {

    /** The defaults. */
    public static final ThresholdSettings USUAL = new ThresholdSettings(0.5, 2, 10, 10);

    private static final List<String> NAMES = List.of("accuracy", "loss", "rounds", "bytes");

    public ThresholdSettings {
        Check.atLeast("thresholds.accuracy-points", accuracyPoints, 0);
        Check.atLeast("thresholds.loss-percent", lossPercent, 0);
        Check.atLeast("thresholds.rounds-percent", roundsPercent, 0);
        Check.atLeast("thresholds.bytes-percent", bytesPercent, 0);
    }

    /**
     * Reads command-line values.
     *
     * @param named the values of accuracy, loss, rounds or bytes
     * @throws IllegalArgumentException if a name is unknown or a number is negative
     */
    public static Draft draft(Map<String, Double> named) {
        for (String name : named.keySet()) {
            Check.that(
                    NAMES.contains(name),
                    "threshold '" + name + "': expected accuracy (in points), loss, rounds or bytes (in percent)");
        }
        return new Draft(named.get("accuracy"), named.get("loss"), named.get("rounds"), named.get("bytes"));
    }

    /** The {@link ThresholdSettings} given by a user; defaults replace null. */
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
