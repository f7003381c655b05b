package io.evenkeel.coordinator.platform.time;

/** Measures how much time passes, whatever happens to the clock. Thread-safe. */
@FunctionalInterface
public interface ElapsedTime {

    /** Returns the nanoseconds since any fixed time, like {@link System#nanoTime}. */
    long nanos();
}
