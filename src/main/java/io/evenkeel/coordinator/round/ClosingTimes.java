package io.evenkeel.coordinator.round;

import java.time.Duration;

/** Measures the parts of closing a round. Not thread-safe while it measures. */
public final class ClosingTimes {

    private long mark = System.nanoTime();
    private Duration summing = Duration.ZERO;
    private Duration stepping = Duration.ZERO;
    private Duration storing = Duration.ZERO;

    void summed() {
        summing = lap();
    }

    void stepped() {
        stepping = lap();
    }

    void stored() {
        storing = lap();
    }

    private Duration lap() {
        long now = System.nanoTime();
        Duration lap = Duration.ofNanos(now - mark);
        mark = now;
        return lap;
    }

    /** Returns the time to read, check and add the messages. */
    public Duration summing() {
        return summing;
    }

    /** Returns the time to compute the step and take it. */
    public Duration stepping() {
        return stepping;
    }

    /** Returns the time to write and commit the outcome. */
    public Duration storing() {
        return storing;
    }

    /** Returns the total time. */
    public Duration total() {
        return summing.plus(stepping).plus(storing);
    }
}
