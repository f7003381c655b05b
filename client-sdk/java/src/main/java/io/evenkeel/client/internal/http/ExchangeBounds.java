package io.evenkeel.client.internal.http;

import io.evenkeel.client.Request;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the time of one exchange. Otherwise a server that sends a byte now and then, or endless informational
 * responses, would block the device forever. Thread-safe.
 */
public final class ExchangeBounds {

    private static final long MIN_BYTES_PER_SECOND = 1000;

    private final long start = System.nanoTime();
    private final long allowed;
    private final AtomicLong received = new AtomicLong();

    /**
     * Starts the timer of an exchange.
     *
     * @param silence the time for which the server may be silent, without the request's extra time
     */
    public ExchangeBounds(Request request, Duration silence) {
        byte[] body = request.body();
        Duration quiet = silence.plus(request.extraTimeout());
        Duration longest = request.longest().compareTo(quiet) > 0 ? request.longest() : quiet;
        this.allowed =
                longest.plus(transferTime(body == null ? 0 : body.length)).toNanos();
    }

    private static Duration transferTime(long bytes) {
        return Duration.ofMillis(bytes * 1000 / MIN_BYTES_PER_SECOND);
    }

    /** Counts bytes of the response's body. */
    public void received(int bytes) {
        received.addAndGet(bytes);
    }

    /** Returns the remaining time in nanoseconds; 0 or less if the exchange must end. */
    public long nanosLeft() {
        return allowed + transferTime(received.get()).toNanos() - (System.nanoTime() - start);
    }

    /** Returns the error message for an exchange that exceeded its time. */
    public String fault() {
        return "the exchange was not complete after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)
                + " ms, at less than 1 kB a second";
    }
}
