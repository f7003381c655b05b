package io.evenkeel.client.internal.device;

import io.evenkeel.client.internal.http.Time;
import java.time.Duration;

/** The limits of one training: a number of rounds and a deadline. Not thread-safe. */
public final class Session {

    private final Time time;
    private final boolean bounded;
    private final long end;
    private final boolean waits;
    private int roundsLeft;
    private boolean asked;

    private Session(Time time, boolean bounded, boolean waits, int roundsLeft, long end) {
        this.time = time;
        this.bounded = bounded;
        this.waits = waits;
        this.roundsLeft = roundsLeft;
        this.end = end;
    }

    /** Returns a session without limits. */
    public static Session unbounded(Time time) {
        return new Session(time, false, true, 0, 0);
    }

    /**
     * Returns a session that starts now.
     *
     * @throws IllegalArgumentException if a limit is not above zero
     */
    public static Session of(Time time, int rounds, Duration deadline) {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds is " + rounds + ", expected at least 1");
        }
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("deadline is " + deadline + ", expected more than zero");
        }
        return new Session(time, true, true, rounds, time.nanos() + deadline.toNanos());
    }

    /** Returns a session of at most one round, which ends if there is currently no task for the device. */
    public static Session ofOneTask(Time time) {
        return new Session(time, true, false, 1, time.nanos() + Long.MAX_VALUE / 2);
    }

    /** Records that the device asks for a task. */
    public void ask() {
        asked = true;
    }

    /** Returns whether the session is over because there is no task. */
    public boolean isOverWithoutTask() {
        return !waits && asked;
    }

    /** Counts a round in which the device takes part. */
    public void beginRound() {
        if (bounded) {
            roundsLeft--;
        }
    }

    /** Returns whether the session is over. */
    public boolean isOver() {
        return bounded && (roundsLeft <= 0 || isOverdue());
    }

    /** Returns whether the session's time is over. */
    public boolean isOverdue() {
        return bounded && end - time.nanos() <= 0;
    }

    /** Limits a wait for other devices within a round to the session's time. */
    public Duration limitStep(Duration wait) {
        if (!bounded) {
            return wait;
        }
        Duration left = isOverdue() ? Duration.ZERO : Duration.ofNanos(end - time.nanos());
        return left.compareTo(wait) < 0 ? left : wait;
    }

    /** Limits a wait to the rest of the session, zero if it is over. */
    public Duration limit(Duration wait) {
        return bounded && (!waits || isOver()) ? Duration.ZERO : limitStep(wait);
    }

    /** Limits the retry time of one request. Never zero: a staged message is sent even after the last round. */
    public Duration limitAttempts(Duration attempts) {
        if (!bounded) {
            return attempts;
        }
        Duration left = Duration.ofNanos(Math.max(1, end - time.nanos()));
        return left.compareTo(attempts) < 0 ? left : attempts;
    }
}
