package io.evenkeel.cli.runs;

/** Interprets the state of a run in the API's documents. */
public final class RunStateText {

    private RunStateText() {}

    /** Returns whether the run has ended. */
    public static boolean isOver(String state) {
        return state.equals("finished") || endedEarly(state);
    }

    /** Returns whether the run ended before its last round. */
    public static boolean endedEarly(String state) {
        return state.equals("cancelled") || state.equals("failed");
    }

    /** Returns whether a round is open. */
    public static boolean hasOpenRound(String state) {
        return state.equals("running") || state.equals("paused");
    }
}
