package io.evenkeel.coordinator.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evenkeel.coordinator.platform.http.AddressKey;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Counts requests of callers and addresses, and refuses those beyond the limits.
 *
 * <p>Memory use is limited: beyond the maximum number of callers or addresses, those that send the fewest
 * requests are evicted, and their counts restart at zero. Thread-safe, without a lock shared by callers.
 */
@Component
public class RateLimits {

    private static final int REQUEST_BURST_SECONDS = 5;
    private static final int BYTE_BURST_SECONDS = 10;
    private static final int MAX_DEBT_SECONDS = 60;
    private static final long GRACE_NANOS = 30_000_000_000L;
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private final LimitSettings settings;
    private final TimeMeter time;
    private final Cache<String, OfCaller> callers;
    private final Cache<String, OfAddress> addresses;

    /** Creates limits that use the monotonic clock. */
    @Autowired
    public RateLimits(LimitSettings settings) {
        this(settings, TimeMeter.SYSTEM_NANOTIME);
    }

    /** Creates limits that use a given clock. */
    public RateLimits(LimitSettings settings, TimeMeter time) {
        this.settings = settings;
        this.time = time;
        this.callers = cache();
        this.addresses = cache();
    }

    private record OfCaller(Bucket requests, Bucket bytes, Bucket changes, AtomicInteger busy) {}

    private record OfAddress(Bucket enrolments, Bucket failures, AtomicInteger busy) {}

    /** A request in progress. */
    public interface Visit extends AutoCloseable {

        /** Releases the request's slot. */
        @Override
        void close();
    }

    /**
     * Counts a request of an authenticated caller until it releases its thread. The bytes of its body are passed to
     * {@link #received} as they arrive, because the declared length may be wrong.
     *
     * @throws ProblemException {@code too-many-requests}
     */
    public Visit request(String caller) {
        OfCaller limits = of(caller);
        Visit visit = enter(limits.busy(), settings.concurrentRequests(), "these credentials have");
        boolean isCounted = false;
        try {
            count(limits);
            isCounted = true;
            return visit;
        } finally {
            if (!isCounted) {
                visit.close();
            }
        }
    }

    /**
     * Counts a request without credentials until it releases its thread.
     *
     * @throws ProblemException {@code too-many-requests}
     */
    public Visit anonymous(String address) {
        return enter(from(address).busy(), settings.concurrentAnonymous(), "without credentials, this address has");
    }

    private static Visit enter(AtomicInteger busy, int most, String who) {
        if (busy.incrementAndGet() > most) {
            busy.decrementAndGet();
            throw refusal(who + " more than " + most + " requests in progress at once", Duration.ofSeconds(1));
        }
        return busy::decrementAndGet;
    }

    private void count(OfCaller limits) {
        requireOne(
                limits.requests(),
                () -> "these credentials send more than " + settings.requestsPerSecond() + " requests a second");
        require(limits.bytes(), () -> "these credentials send more than " + settings.bytesPerSecond() + " a second");
    }

    /**
     * Counts bytes of a body that have arrived. A body is accepted if any part of the limit is left, since
     * otherwise a large model could never be sent; its sender then has to wait for at most a minute.
     */
    public void received(String caller, int bytes) {
        Bucket allowed = of(caller).bytes();
        long maxDebt = settings.bytesPerSecond().toBytes() * MAX_DEBT_SECONDS;
        long counted = Math.min(bytes, allowed.getAvailableTokens() + maxDebt);
        if (counted > 0) {
            long ignored = allowed.consumeIgnoringRateLimits(counted);
        }
    }

    /**
     * Checks the rate of a body while it is received.
     *
     * @param started when reading began, from {@link #nanos}
     * @param bytes the bytes received so far
     * @throws ProblemException {@code too-slow}
     */
    public void requireProgress(long started, long bytes) {
        long allowed =
                GRACE_NANOS + bytes * 1_000_000_000L / settings.slowestBody().toBytes();
        if (nanos() - started > allowed) {
            throw ProblemKind.TOO_SLOW.because(
                    "after " + bytes + " bytes the body arrived at less than " + settings.slowestBody() + " a second",
                    "repeat the request over a faster link");
        }
    }

    /** Returns the time used by {@link #requireProgress}. */
    public long nanos() {
        return time.currentTimeNanos();
    }

    /**
     * Counts a change to a device's attributes.
     *
     * @throws ProblemException {@code too-many-requests}
     */
    public void attributeChange(String device) {
        requireOne(
                of(device).changes(),
                () -> "this device changes its attributes more than " + settings.attributeChangesPerHour()
                        + " times an hour");
    }

    /**
     * Counts an enrolment.
     *
     * @throws ProblemException {@code too-many-requests}, including after too many failures
     */
    public void enrolment(String address) {
        requireFewFailures(address);
        requireOne(
                from(address).enrolments(),
                () -> "more than " + settings.enrolmentsPerMinute() + " enrolments a minute come from this address");
    }

    /** Counts wrong credentials from an address. */
    public void failed(String address) {
        boolean ignored = from(address).failures().tryConsume(1);
    }

    /**
     * Checks the number of wrong credentials from an address, before looking up credentials and before reporting wrong ones.
     *
     * @throws ProblemException {@code too-many-requests} if too many credentials from this address were wrong
     */
    public void requireFewFailures(String address) {
        require(
                from(address).failures(),
                () -> "more than " + settings.failuresPerMinute()
                        + " wrong credentials a minute come from this address");
    }

    /** Returns the number of tracked callers and addresses, after pending evictions. */
    long remembered() {
        callers.cleanUp();
        addresses.cleanUp();
        return callers.estimatedSize() + addresses.estimatedSize();
    }

    private OfCaller of(String caller) {
        return callers.get(
                caller,
                name -> new OfCaller(
                        bucket(settings.requestsPerSecond(), Duration.ofSeconds(1), REQUEST_BURST_SECONDS),
                        bucket(settings.bytesPerSecond().toBytes(), Duration.ofSeconds(1), BYTE_BURST_SECONDS),
                        bucket(settings.attributeChangesPerHour(), Duration.ofHours(1), 1),
                        new AtomicInteger()));
    }

    private OfAddress from(String address) {
        return addresses.get(
                AddressKey.of(address),
                key -> new OfAddress(
                        bucket(settings.enrolmentsPerMinute(), Duration.ofMinutes(1), 1),
                        failures(),
                        new AtomicInteger()));
    }

    private Bucket bucket(long amount, Duration period, int burst) {
        return Bucket.builder()
                .withCustomTimePrecision(time)
                .addLimit(limit -> limit.capacity(amount * burst).refillGreedy(amount, period))
                .build();
    }

    /**
     * Returns a limit that is refilled once a minute, not continuously, so that no minute allows more than
     * the limit.
     */
    private Bucket failures() {
        return Bucket.builder()
                .withCustomTimePrecision(time)
                .addLimit(limit -> limit.capacity(settings.failuresPerMinute())
                        .refillIntervally(settings.failuresPerMinute(), Duration.ofMinutes(1)))
                .build();
    }

    private static void requireOne(Bucket bucket, Supplier<String> tooMuch) {
        if (!bucket.tryConsume(1)) {
            throw refusal(bucket, tooMuch);
        }
    }

    private static void require(Bucket bucket, Supplier<String> tooMuch) {
        if (bucket.getAvailableTokens() < 1) {
            throw refusal(bucket, tooMuch);
        }
    }

    private static ProblemException refusal(Bucket bucket, Supplier<String> tooMuch) {
        return refusal(
                tooMuch.get(),
                Duration.ofNanos(bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill()));
    }

    private static ProblemException refusal(String tooMuch, Duration pause) {
        return ProblemKind.TOO_MANY_REQUESTS
                .because(
                        tooMuch + ", which is the limit",
                        "wait for the time in Retry-After, then repeat the request; the operator sets the limits under"
                                + " evenkeel.limits")
                .retryAfter(pause);
    }

    private <V> Cache<String, V> cache() {
        return Caffeine.newBuilder()
                .maximumSize(settings.remembered())
                .expireAfterAccess(FORGOTTEN_AFTER)
                .build();
    }
}
