package io.evenkeel.testkit.chaos.rollout;

/**
 * The settings of a chaos test of roll-outs.
 *
 * @param seed the seed of the schedule
 * @param kills the number of kills of coordinators and restarts of the database
 * @param rollouts the number of consecutive roll-outs
 * @param groupSize the number of devices that each of the three groups adds, at least 3
 * @param faults the share of requests with a fault in the proxy
 */
record RolloutChaosSettings(long seed, int kills, int rollouts, int groupSize, double faults) {

    static final String MODEL = "chaos";
    static final String ALIAS = "production";
    static final String METRIC = "accuracy";
    static final int GROUPS = 3;
    static final double MARGIN = 0.02;
    static final double SUCCESS = 0.95;

    int devices() {
        return GROUPS * groupSize;
    }

    /** Returns the version of the i-th roll-out. The alias names version 1 before the first one. */
    static int version(int rollout) {
        return rollout + 2;
    }
}
