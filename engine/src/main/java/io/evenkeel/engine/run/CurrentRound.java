package io.evenkeel.engine.run;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A run's open round: its times, its counters, and the revision of the definition that it follows. */
public class CurrentRound {

    /** The tolerated difference between replicas' clocks. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

    private @Nullable Instant openedAt;
    private @Nullable Instant deadline;

    /** Incremented by SQL in the transaction that stores messages, under the row's lock. */
    private int accepted;

    private int extended;
    private boolean closing;

    private int revision;

    /** The state before the start, without an open round. */
    protected CurrentRound() {}

    /** Opens the next round, without messages. */
    void open(Instant now, Instant until, int newestRevision) {
        openedAt = now;
        deadline = until;
        accepted = 0;
        extended = 0;
        closing = false;
        revision = newestRevision;
    }

    /** Gives the round more time; it follows the newest revision from then on. */
    void extend(Instant until, int newestRevision) {
        extended++;
        deadline = until;
        revision = newestRevision;
    }

    /** Moves the deadline, if there is one, by the length of a pause. */
    void prolong(Duration pause) {
        if (deadline != null && !pause.isNegative()) {
            deadline = deadline.plus(pause);
        }
    }

    /** Sets the end of the devices' current step. */
    public void waitUntil(Instant until) {
        deadline = until;
    }

    /**
     * Returns whether the round was opened, extended or prolonged by a clock that was ahead and has been corrected.
     *
     * @param longest the maximum duration of a round or of one of its steps
     */
    public boolean isAhead(Instant now, Duration longest) {
        Instant latest = now.plus(CLOCK_TOLERANCE);
        return (openedAt != null && openedAt.isAfter(latest))
                || (deadline != null && deadline.isAfter(latest.plus(longest)));
    }

    /** Resets times that can only have been set by a clock that was ahead: the round gets its full time from now on. */
    public void correct(Instant now, Duration longest) {
        if (openedAt != null && openedAt.isAfter(now)) {
            openedAt = now;
        }
        if (deadline != null && deadline.isAfter(now.plus(longest))) {
            deadline = now.plus(longest);
        }
    }

    /** Ends the round with the run. */
    void end() {
        deadline = null;
        closing = false;
    }

    /** Counts messages that were accepted together. */
    public void accept(int messages) {
        accepted += messages;
    }

    /** Freezes the accepted messages: the round consists of only these. */
    public void beginClosing() {
        closing = true;
    }

    /** Returns whether the set of accepted messages is frozen. */
    public boolean isClosing() {
        return closing;
    }

    /** Returns the time when the round was opened, null before the start. */
    public @Nullable Instant openedAt() {
        return openedAt;
    }

    /** Returns the end of the round's time, null if no round is open. */
    public @Nullable Instant deadline() {
        return deadline;
    }

    /** Returns the number of accepted messages. */
    public int accepted() {
        return accepted;
    }

    /** Returns the number of times that the round was extended. */
    public int extended() {
        return extended;
    }

    /** Returns the number of the revision that the round follows, 0 for the definition as it was created. */
    public int revision() {
        return revision;
    }
}
