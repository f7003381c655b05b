package io.evenkeel.client;

import io.evenkeel.client.internal.http.Time;
import java.time.Duration;

/** The bounds of one training: a number of rounds and a time. Not thread-safe. */
final class Session {

    private final Time time;
    private final boolean bounded;
    private final long end;
    private int roundsLeft;

    private Session(Time time, boolean bounded, int roundsLeft, long end) {
        this.time = time;
        this.bounded = bounded;
        this.roundsLeft = roundsLeft;
        this.end = end;
    }

    /** A training that only the run's end or a stop ends. */
    static Session unbounded(Time time) {
        return new Session(time, false, 0, 0);
    }

    /**
     * A session that starts now.
     *
     * @throws IllegalArgumentException if a bound is not above zero
     */
    static Session of(Time time, int rounds, Duration deadline) {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds is " + rounds + ", expected at least 1");
        }
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("deadline is " + deadline + ", expected more than zero");
        }
        return new Session(time, true, rounds, time.nanos() + deadline.toNanos());
    }

    /** Counts a round that the device takes part in. */
    void beginRound() {
        if (bounded) {
            roundsLeft--;
        }
    }

    /** Returns whether nothing new may be started. */
    boolean isOver() {
        return bounded && (roundsLeft <= 0 || end - time.nanos() <= 0);
    }

    /** Shortens a wait to what is left of the session: to zero once it is over. */
    Duration limit(Duration wait) {
        if (!bounded) {
            return wait;
        }
        Duration left = isOver() ? Duration.ZERO : Duration.ofNanos(end - time.nanos());
        return left.compareTo(wait) < 0 ? left : wait;
    }

    /** Shortens the time for attempts of one request, which is never zero: a staged message is sent even when its round was the last. */
    Duration limitAttempts(Duration attempts) {
        if (!bounded) {
            return attempts;
        }
        Duration left = Duration.ofNanos(Math.max(1, end - time.nanos()));
        return left.compareTo(attempts) < 0 ? left : attempts;
    }
}
