package io.evenkeel.coordinator.run;

import jakarta.persistence.Column;
import jakarta.persistence.Embeddable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The open round's columns in a run's row: its times, its counters, and the revision of the definition that it follows. */
@Embeddable
public class CurrentRound {

    /** The difference that replicas' clocks may have. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(1);

    private @Nullable Instant openedAt;
    private @Nullable Instant deadline;

    /** The transaction that stores messages increments it by SQL, under the lock of the row. */
    private int accepted;

    private int extended;
    private boolean closing;

    @Column(name = "open_revision")
    private int revision;

    /** Before the start: no round is open. */
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

    /** Moves the deadline, if there is one, by as long as a pause took. */
    void prolong(Duration pause) {
        if (deadline != null && !pause.isNegative()) {
            deadline = deadline.plus(pause);
        }
    }

    /** Sets the end of the step that devices take now. */
    public void waitUntil(Instant until) {
        deadline = until;
    }

    /**
     * Returns whether the round was opened, extended or prolonged by a clock that was ahead and is right again.
     *
     * @param longest how much time a round or one of its steps gets
     */
    public boolean isAhead(Instant now, Duration longest) {
        Instant latest = now.plus(CLOCK_TOLERANCE);
        return (openedAt != null && openedAt.isAfter(latest))
                || (deadline != null && deadline.isAfter(latest.plus(longest)));
    }

    /** Sets times that only a clock that was ahead can have given: the round has its whole time from now on. */
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

    /** Counts messages that are accepted together. */
    public void accept(int messages) {
        accepted += messages;
    }

    /** Freezes the accepted messages: the round consists of them alone. */
    public void beginClosing() {
        closing = true;
    }

    /** Returns whether the set of accepted messages is frozen. */
    public boolean isClosing() {
        return closing;
    }

    /** Returns when the round was opened, null before the start. */
    public @Nullable Instant openedAt() {
        return openedAt;
    }

    /** Returns when the round's time is up, null if no round is open. */
    public @Nullable Instant deadline() {
        return deadline;
    }

    /** Returns the number of accepted messages. */
    public int accepted() {
        return accepted;
    }

    /** Returns how often the round was extended. */
    public int extended() {
        return extended;
    }

    /** Returns the number of the revision that the round follows, 0 for the definition as it was created. */
    public int revision() {
        return revision;
    }
}
