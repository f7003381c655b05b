package io.evenkeel.coordinator.platform.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * A time that follows the system's clock but not its jumps. It is used to delete and refuse records by age.
 *
 * <p>It is the newest time that the installation has seen, and is stored in the database so that it survives
 * restarts. If the clock jumps ahead by more than a day, the trusted time does not follow at once, but runs
 * at {@value #CATCH_UP} times the normal speed: a coordinator that was stopped for a month catches up in
 * thirty hours, and a clock that is wrong by a year causes no deletions for two weeks. If the clock is
 * behind, the trusted time runs at half the normal speed until the clock has caught up. Thread-safe.
 */
@Component
public final class TrustedTime {

    private static final Logger LOG = LoggerFactory.getLogger(TrustedTime.class);

    /** The maximum time by which the clock may be ahead after a restart. */
    static final Duration TOLERANCE = Duration.ofDays(1);

    private static final int CATCH_UP = 24;
    private static final int SLOW_DOWN = 2;

    private final Clock clock;
    private final ElapsedTime elapsed;
    private Instant trusted;
    private long observedAt;

    /** Starts with the newest stored time. */
    @Autowired
    TrustedTime(Clock clock, ElapsedTime elapsed, TrustedTimeTable table, ClockSettings settings) {
        this(
                clock,
                elapsed,
                settings.accept() ? accepted(clock, table) : table.newest().orElseGet(clock::instant));
    }

    private static Instant accepted(Clock clock, TrustedTimeTable table) {
        Instant now = clock.instant();
        table.replace(now);
        LOG.warn("The clock is trusted, {}, because evenkeel.clock.accept is set: unset it for the next start", now);
        return now;
    }

    /** Starts with a given newest time. */
    public TrustedTime(Clock clock, ElapsedTime elapsed, Instant newest) {
        this.clock = clock;
        this.elapsed = elapsed;
        this.trusted = newest;
        this.observedAt = elapsed.nanos();
    }

    /**
     * Returns the time by which credentials expire: setting the clock back does not make expired ones valid
     * again.
     */
    public synchronized Instant forExpiry() {
        Instant now = observe();
        return now.isAfter(trusted) ? now : trusted;
    }

    /**
     * Returns the time by which old records are deleted: if the clock jumps ahead, no records are deleted
     * early.
     */
    public synchronized Instant forRetention() {
        Instant now = observe();
        return now.isBefore(trusted) ? now : trusted;
    }

    /** Returns how far the clock is ahead of the trusted time; negative if it is behind. */
    public synchronized Duration ahead() {
        Instant now = observe();
        return Duration.between(trusted, now);
    }

    /** Returns the newest time, to be stored. */
    synchronized Instant newest() {
        Instant unused = observe();
        return trusted;
    }

    /** Adopts a newer time that another coordinator has stored. */
    synchronized void raise(Instant stored) {
        if (stored.isAfter(trusted)) {
            trusted = stored;
            // The other coordinator has already counted the elapsed time.
            observedAt = elapsed.nanos();
        }
    }

    /** Advances the trusted time as far as the clock is trusted, and returns the clock's time. */
    private Instant observe() {
        Instant now = clock.instant();
        long nanos = elapsed.nanos();
        Duration passed = Duration.ofNanos(nanos - observedAt);
        observedAt = nanos;
        Duration ahead = Duration.between(trusted, now);
        if (ahead.isNegative()) {
            Instant slower = trusted.plus(passed.dividedBy(SLOW_DOWN));
            trusted = slower.isAfter(now) ? slower : now;
        } else if (ahead.compareTo(passed.plus(TOLERANCE)) <= 0) {
            trusted = now;
        } else {
            Instant faster = trusted.plus(passed.multipliedBy(CATCH_UP));
            trusted = faster.isBefore(now) ? faster : now;
        }
        return now;
    }
}
