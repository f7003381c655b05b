package io.evenkeel.cli.runs;

/** What a run's state says. */
public final class RunStateText {

    private RunStateText() {}

    /** Tells whether nothing changes any more. */
    public static boolean isOver(String state) {
        return state.equals("finished") || endedEarly(state);
    }

    /** Tells whether the run ended before its last round. */
    public static boolean endedEarly(String state) {
        return state.equals("cancelled") || state.equals("failed");
    }

    /** Tells whether a round is open. */
    public static boolean hasOpenRound(String state) {
        return state.equals("running") || state.equals("paused");
    }
}
