package io.evenkeel.testkit.chaos.rollout;

/** The fault of a roll-out's version, or the operator's action; it determines how the roll-out must end. */
enum RolloutScenario {
    /** None: it finishes. */
    GOOD("good", "finished", 0.91, "PT1S"),
    /** Its metric is inferior: the rules stop it, or pause it early and its operator stops it. */
    WORSE("worse", "stopped", 0.80, "PT1S"),
    /** An operator pauses and resumes it: it finishes. */
    PAUSED("paused", "finished", 0.91, "PT1S"),
    /** Every third device cannot use it: the rules stop it. */
    FAILING("failing", "stopped", 0.91, "PT1S"),
    /** An operator stops it while its first group is open. */
    ABANDONED("stopped by an operator", "stopped", 0.91, "PT1H");

    /** The accuracy of the version before a roll-out. */
    static final double ACCURACY_BEFORE = 0.90;

    private static final int FAILS_ONE_IN = 3;

    private final String text;
    private final String end;
    private final double accuracy;
    private final String minTime;

    RolloutScenario(String text, String end, double accuracy, String minTime) {
        this.text = text;
        this.end = end;
        this.accuracy = accuracy;
        this.minTime = minTime;
    }

    /** Returns the scenario of the i-th roll-out, in turn. */
    static RolloutScenario at(int i) {
        return values()[i % values().length];
    }

    String text() {
        return text;
    }

    /** Returns the state in which the roll-out must end. */
    String end() {
        return end;
    }

    /** Returns the accuracy that devices measure with the version, apart from small differences between devices. */
    double accuracy() {
        return accuracy;
    }

    /** Returns the minimum time for which a group stays open. */
    String minTime() {
        return minTime;
    }

    boolean failsOn(int device) {
        return this == FAILING && device % FAILS_ONE_IN == 0;
    }
}
