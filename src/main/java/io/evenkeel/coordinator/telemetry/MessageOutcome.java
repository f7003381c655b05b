package io.evenkeel.coordinator.telemetry;

import java.util.Locale;

/** The outcome of a message, as a metric's label. */
enum MessageOutcome {
    /** The message is in its round. */
    ACCEPTED,
    /** The message was accepted before; the sender got the same receipt again. */
    REPEATED,
    /** The message's round is closed, or not open yet. */
    ROUND_CLOSED,
    /** The message does not continue the sender's chain. */
    DIVERGED,
    /** The sender has answered the round with another message. */
    CONFLICT,
    /** The message cannot be read, or violates the plan. */
    INVALID,
    /** The message is too large. */
    TOO_LARGE,
    /** The sender is not authenticated, may not send, or is not a member. */
    UNAUTHORISED,
    /** The coordinator was overloaded, or the sender sent too much. */
    BUSY,
    /** The coordinator or its database failed. */
    FAILED;

    /** Returns whether the message was never accepted. */
    boolean isRefusal() {
        return this != ACCEPTED && this != REPEATED;
    }

    /** Returns the label in the metric. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the outcome for a response.
     *
     * @param status the HTTP status
     * @param problem the type of the problem, as a slug; empty without a problem
     */
    static MessageOutcome of(int status, String problem) {
        return switch (status) {
            case 201 -> ACCEPTED;
            case 200 -> REPEATED;
            case 401, 403, 404 -> UNAUTHORISED;
            case 409 ->
                switch (problem) {
                    case "state-diverged" -> DIVERGED;
                    case "conflict" -> CONFLICT;
                    default -> ROUND_CLOSED;
                };
            case 413 -> TOO_LARGE;
            case 429 -> BUSY;
            case 503 -> problem.equals("busy") ? BUSY : FAILED;
            default -> status < 500 ? INVALID : FAILED;
        };
    }
}
