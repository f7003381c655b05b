package io.evenkeel.testkit.chaos;

/**
 * What is trained and what is done to it.
 *
 * @param kills how often something is killed
 * @param seed of the schedule
 * @param devices devices that are there from the start, the last of which is a process of its own, at least 2
 * @param rounds rounds of the run
 * @param dimension d
 * @param quorum how many answers a round needs; fewer than devices lets rounds close without the others
 * @param faults the share of messages that meet with a fault on the way
 * @param changes how often a device leaves, joins, loses its disk or changes its weight
 */
record ChaosSettings(
        int kills, long seed, int devices, int rounds, int dimension, int quorum, double faults, int changes) {

    static final String RUN = "chaos";
    static final String ALGORITHM = "ef21-sgdm-norm";
    static final String GAMMA = "anytime:1:0.5";
    static final String ETA = "constant:0.3";
    static final int SENT_SHARE = 100;

    private static final double REWEIGHED = 0.3;

    /** Returns the compressor: Top-K at a hundredth, at least 4. */
    String compressor() {
        return "top-k:" + Math.max(4, dimension / SENT_SHARE);
    }

    /** Returns the weight of a device that has changed it so often. */
    static double weight(int device, long changed) {
        return device + 1 + REWEIGHED * changed;
    }

    /** Returns how many messages are accepted at least if nobody leaves. */
    int messages() {
        return quorum * rounds;
    }

    /** Tells whether every device answers every round, so that there is only one model the run can end with. */
    boolean everybodyAnswers() {
        return quorum == devices;
    }
}
