package io.evenkeel.testkit.load;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Counts and latencies of messages in a period; latencies in microseconds. Not thread-safe. */
final class Tally {

    private static final long MAX_MICROS = 600_000_000;
    private static final int DIGITS = 3;

    private final Histogram latency = new Histogram(MAX_MICROS, DIGITS);
    private final Histogram refusal = new Histogram(MAX_MICROS, DIGITS);
    private final Histogram closing = new Histogram(MAX_MICROS, DIGITS);
    private final Map<String, Long> refusals = new TreeMap<>();
    private final long start = System.nanoTime();
    private long accepted;
    private long repeated;
    private long bytes;

    void accepted(long nanos, long messageBytes, boolean isNew) {
        latency.recordValue(micros(nanos));
        bytes += messageBytes;
        if (isNew) {
            accepted++;
        } else {
            repeated++;
        }
    }

    /** Counts a message that was refused or lost. */
    void refused(long nanos, String why) {
        refusal.recordValue(micros(nanos));
        refusals.merge(why, 1L, Long::sum);
    }

    /** Records the time from a round's last message to the opening of the next round. */
    void closed(long nanos) {
        closing.recordValue(micros(nanos));
    }

    private static long micros(long nanos) {
        return Math.min(MAX_MICROS, nanos / 1000);
    }

    /** Returns the length of the period so far in seconds. */
    double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    long accepted() {
        return accepted;
    }

    long repeated() {
        return repeated;
    }

    long bytes() {
        return bytes;
    }

    Histogram latency() {
        return latency;
    }

    Histogram refusal() {
        return refusal;
    }

    Histogram closing() {
        return closing;
    }

    Map<String, Long> refusals() {
        return refusals;
    }

    long refused() {
        return refusals.values().stream().mapToLong(Long::longValue).sum();
    }
}
