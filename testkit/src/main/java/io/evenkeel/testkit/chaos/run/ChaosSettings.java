package io.evenkeel.testkit.chaos.run;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.secagg.RebaseSchedule;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a chaos test.
 *
 * @param algorithm the run's algorithm, whose devices must keep g_i; ef21 for a run that follows the models of an upper
 *     run
 * @param downlink the compressor of a lossy downlink, null for a lossless one
 * @param robust bounds what one device adds to the sum, null for the plain sum; not with secure aggregation
 * @param kills the number of kills
 * @param seed the seed of the schedule
 * @param devices the number of devices at the start, at least 2; the last one runs in a separate process
 * @param rounds the number of rounds
 * @param dimension d
 * @param quorum the number of messages that a round needs; if it is below the number of devices, rounds may close
 *     without some of them
 * @param faults the share of messages with a fault in the proxy
 * @param changes the number of times that a device leaves, joins, loses its disk or changes its weight
 * @param secure whether the run has secure aggregation; then the quorum is the smallest cohort
 */
public record ChaosSettings(
        Preset algorithm,
        @Nullable String downlink,
        @Nullable NormClipping robust,
        int kills,
        long seed,
        int devices,
        int rounds,
        int dimension,
        int quorum,
        double faults,
        int changes,
        boolean secure) {

    public static final String RUN = "chaos";
    public static final String GAMMA = "anytime:1:0.5";
    public static final String ETA = "constant:0.3";
    static final int SENT_SHARE = 100;

    /** The maximum weight in a robust run: more than any device reports, since the default is 1. */
    static final int MAX_WEIGHT = 1_000_000;

    private static final double REWEIGHED = 0.3;

    /** The rounds after which the sum of a run with secure aggregation starts from zero. */
    public static final RebaseSchedule REBASE = new RebaseSchedule(7);

    /** The unit of that run's fixed point is 2^EXPONENT. */
    public static final int EXPONENT = -24;

    /** The maximum number of devices in addition to those at the start. */
    private static final int MORE = 10;

    /**
     * Returns the compressor for a hundredth of the coordinates, at least 4: Top-K, or Rand-K with secure aggregation.
     */
    public String compressor() {
        return (secure ? "rand-k:" : "top-k:") + sent();
    }

    /** Returns the number of values in a message. */
    int sent() {
        return Math.max(4, dimension / SENT_SHARE);
    }

    /** Returns the size of the largest cohort. */
    public int maxMembers() {
        return devices + MORE;
    }

    /** Returns the weight of a device after a number of changes. */
    public static double weight(int device, long changed) {
        return device + 1 + REWEIGHED * changed;
    }

    /** Returns the minimum number of accepted messages if no device leaves. */
    public int messages() {
        return quorum * rounds;
    }

    /** Returns whether the run follows the models of an upper run: only such a run has plain steps. */
    public boolean isSite() {
        return algorithm == Preset.EF21;
    }

    /** Returns the same settings with another number of rounds. */
    public ChaosSettings withRounds(int number) {
        return new ChaosSettings(
                algorithm, downlink, robust, kills, seed, devices, number, dimension, quorum, faults, changes, secure);
    }

    /** Returns the options of {@code evenkeel chaos} with which a run has these settings. */
    public String options() {
        return "--algorithm " + algorithm.text()
                + (downlink == null ? "" : " --downlink " + downlink)
                + (robust == null ? "" : " --robust " + robust.text())
                + " --kills " + kills + " --seed " + seed + " --devices " + devices + " --rounds " + rounds
                + " --dimension " + dimension + " --quorum " + quorum + " --faults " + faults + " --changes " + changes
                + (secure ? " --secure-aggregation" : "");
    }

    /** Returns whether every device answers every round, so that the final model is determined. */
    public boolean everybodyAnswers() {
        return quorum == devices && !secure;
    }
}
