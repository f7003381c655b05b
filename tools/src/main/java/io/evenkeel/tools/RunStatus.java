package io.evenkeel.tools;

import tools.jackson.databind.JsonNode;

/**
 * The status of a run.
 *
 * @param state created, running, paused, finished, cancelled or failed
 * @param round the open round, or the number of rounds once finished
 * @param members devices that joined and have not left
 * @param accepted messages in the open round
 * @param message the reason why it failed or was paused, or empty
 */
public record RunStatus(String state, int round, int members, int accepted, String message) {

    static RunStatus of(JsonNode run) {
        return new RunStatus(
                run.path("state").asString(),
                run.path("round").asInt(0),
                run.path("members").asInt(0),
                run.path("accepted").asInt(0),
                run.path("message").asString(""));
    }

    public boolean ended() {
        return isOver(state);
    }

    public static boolean isOver(String state) {
        return state.equals("finished") || endedEarly(state);
    }

    /** Returns whether a run in this state ended before its last round. */
    public static boolean endedEarly(String state) {
        return state.equals("cancelled") || state.equals("failed");
    }

    public static boolean hasOpenRound(String state) {
        return state.equals("running") || state.equals("paused");
    }

    /**
     * Returns the displayed state of a run's document: a running run without progress is shown as stalled.
     */
    public static String shownState(JsonNode run) {
        return run.path("stalled").isObject() ? "stalled" : run.path("state").asString();
    }

    /** Returns whether the open round waits until an operator resumes the run. */
    public boolean paused() {
        return state.equals("paused");
    }
}
