package io.evenkeel.client.internal.http;

import io.evenkeel.client.DeadlineException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Retries a request until it succeeds or a retry cannot help, within one deadline for all attempts.
 *
 * <p>The pause doubles from the first to the longest. It is multiplied by a random factor of 0.5 to 1, so
 * that devices that failed together do not all return together. A {@code Retry-After} is the minimum pause,
 * up to a quarter of the deadline: an absurd value must not end a training. Up to 20% is added to it.
 */
public final class Retries {

    /** The device that sends the requests. */
    @FunctionalInterface
    public interface Caller {

        /** Reports that a request failed and is retried after the pause. */
        void retrying(String request, String cause, Duration pause);

        /** Returns whether the device has credentials, which shows that its settings once worked. */
        default boolean isEnrolled() {
            return true;
        }

        /** Describes the saved state of the device, as a sentence fragment; empty if unknown. */
        default String savedState() {
            return "";
        }
    }

    private static final Set<Integer> PASSING = Set.of(408, 429, 500, 502, 503, 504);
    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(30);
    private static final int ENOUGH_DOUBLINGS = 16;
    private static final Duration MAX_RETRY_AFTER = Duration.ofDays(1);
    private static final Duration MAX_PAUSE_BEFORE_NEXT = Duration.ofHours(1);

    /** The minimum number of attempts within a deadline, regardless of the pauses that the server asks for. */
    private static final int ATTEMPTS = 4;

    private final Transport transport;
    private final Time time;
    private final DoubleSupplier random;
    private final Duration deadline;
    private final StopFlag stop;
    private final Caller caller;
    private UnaryOperator<Duration> limit = UnaryOperator.identity();

    /**
     * @param random returns random numbers from [0, 1)
     * @param deadline the time for all attempts of one request
     */
    public Retries(
            Transport transport, Time time, DoubleSupplier random, Duration deadline, StopFlag stop, Caller caller) {
        this.transport = transport;
        this.time = time;
        this.random = random;
        this.deadline = deadline;
        this.stop = stop;
        this.caller = caller;
    }

    /** Limits the deadline of all later requests, such as to the rest of a session. */
    public void limitBy(UnaryOperator<Duration> shorter) {
        limit = shorter;
    }

    /**
     * Sends a request, with retries.
     *
     * @return a successful response, or a refusal that a retry would not change
     * @throws DeadlineException if the next attempt would come after the deadline
     * @throws EvenkeelException if a retry cannot help: the certificate is not trusted, or a device that was never
     *     enrolled reaches an unknown host or a port without TLS
     * @throws StoppedException if the client was stopped
     */
    public Response send(Request request) throws InterruptedException {
        return send(request, limit.apply(deadline));
    }

    /** Sends a request in a single attempt; otherwise as {@link #send(Request)}. */
    public Response sendOnce(Request request) throws InterruptedException {
        return send(request, Duration.ZERO);
    }

    private Response send(Request request, Duration longest) throws InterruptedException {
        long start = time.nanos();
        for (int attempt = 0; ; attempt++) {
            stop.check();
            String cause;
            @Nullable Exception failure = null;
            Duration pause = backoff(attempt);
            try {
                Duration left = deadline.minusNanos(time.nanos() - start);
                Response response = transport.exchange((attempt == 0 ? request : request.repetition()).longest(left));
                if (!PASSING.contains(response.status())) {
                    return response;
                }
                cause = "status " + response.status();
                pause = longer(pause, retryAfter(response).map(this::possible).map(this::jittered));
            } catch (IOException e) {
                stop.check();
                ExchangeFault fault = ExchangeFault.of(e, request.uri());
                if (isPermanent(fault)) {
                    throw new EvenkeelException(request + " failed: " + fault.cause() + ": " + fault.action(), e);
                }
                cause = fault.cause();
                failure = e;
            }
            Duration spent = Duration.ofNanos(time.nanos() - start);
            if (spent.plus(pause).compareTo(longest) > 0) {
                throw new DeadlineException(
                        request + " failed " + (attempt + 1) + " times in " + spent.toMillis() / 1000
                                + " s, the last time with: " + cause
                                + ": " + savedState() + "train again when the coordinator can be reached",
                        failure);
            }
            caller.retrying(request.toString(), cause, pause);
            time.sleep(pause, stop);
        }
    }

    private Duration possible(Duration asked) {
        return shorter(asked, deadline.dividedBy(ATTEMPTS));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Waits, with up to 20% added. */
    public void pause(Duration asked) throws InterruptedException {
        time.sleep(jittered(asked), stop);
    }

    /** Returns the pause that a server requests, with up to 20% added so that devices do not all return together. */
    public Duration jittered(Duration asked) {
        return asked.plusNanos((long) (asked.toNanos() * 0.2 * random.getAsDouble()));
    }

    /** Limits the server's requested pause before the next request for work to one hour. */
    public Duration pauseBeforeNext(Duration asked) {
        return asked.isNegative() ? Duration.ZERO : jittered(shorter(asked, MAX_PAUSE_BEFORE_NEXT));
    }

    /** Returns the value of {@code Retry-After}, in seconds or as a date; a day at most. */
    public Optional<Duration> retryAfter(Response response) {
        return response.header("Retry-After").flatMap(this::parse);
    }

    private Optional<Duration> parse(String text) {
        try {
            if (!text.isEmpty() && text.chars().allMatch(Character::isDigit)) {
                return Optional.of(
                        text.length() > 9
                                ? MAX_RETRY_AFTER
                                : shorter(Duration.ofSeconds(Long.parseLong(text)), MAX_RETRY_AFTER));
            }
            ZonedDateTime date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
            Duration until = Duration.between(time.now(), date.toInstant());
            return Optional.of(until.isNegative() ? Duration.ZERO : shorter(until, MAX_RETRY_AFTER));
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private Duration backoff(int attempt) {
        long nanos = FIRST.toNanos() << Math.min(attempt, ENOUGH_DOUBLINGS);
        long capped = Math.min(nanos, MAX_PAUSE.toNanos());
        return Duration.ofNanos((long) (capped * (0.5 + 0.5 * random.getAsDouble())));
    }

    private static Duration longer(Duration pause, Optional<Duration> asked) {
        return asked.filter(least -> least.compareTo(pause) > 0).orElse(pause);
    }

    private boolean isPermanent(ExchangeFault fault) {
        return switch (fault.kind()) {
            case PERMANENT -> true;
            case SETTING_OR_OUTAGE -> !caller.isEnrolled();
            case PASSING -> false;
        };
    }

    private String savedState() {
        String saved = caller.savedState();
        return saved.isEmpty() ? "" : saved + "; ";
    }
}
