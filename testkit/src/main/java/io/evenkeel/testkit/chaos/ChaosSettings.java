package io.evenkeel.testkit.chaos;

import io.evenkeel.core.algorithm.Preset;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a chaos test.
 *
 * @param algorithm the run's algorithm, one whose devices keep g_i
 * @param downlink the compressor of a lossy downlink, null for one without loss
 * @param kills the number of kills
 * @param seed the seed of the schedule
 * @param devices the number of devices at the start, at least 2; the last one runs in a separate process
 * @param rounds the number of rounds
 * @param dimension d
 * @param quorum the number of messages that a round needs; if it is below the number of devices, rounds close without the others
 * @param faults the share of messages with a fault in the proxy
 * @param changes the number of times that a device leaves, joins, loses its disk or changes its weight
 */
record ChaosSettings(
        Preset algorithm,
        @Nullable String downlink,
        int kills,
        long seed,
        int devices,
        int rounds,
        int dimension,
        int quorum,
        double faults,
        int changes) {

    static final String RUN = "chaos";
    static final String GAMMA = "anytime:1:0.5";
    static final String ETA = "constant:0.3";
    static final int SENT_SHARE = 100;

    private static final double REWEIGHED = 0.3;

    /** Returns the compressor: Top-K at a hundredth, at least 4. */
    String compressor() {
        return "top-k:" + Math.max(4, dimension / SENT_SHARE);
    }

    /** Returns the weight of a device after a number of changes. */
    static double weight(int device, long changed) {
        return device + 1 + REWEIGHED * changed;
    }

    /** Returns the minimum number of accepted messages if no device leaves. */
    int messages() {
        return quorum * rounds;
    }

    /** Returns whether every device answers every round, so that the final model is determined. */
    boolean everybodyAnswers() {
        return quorum == devices;
    }
}
