package io.evenkeel.coordinator.platform.time;

/** Measures elapsed time, independent of the system's clock. Thread-safe. */
@FunctionalInterface
public interface ElapsedTime {

    /** Returns the nanoseconds since any fixed time, like {@link System#nanoTime}. */
    long nanos();
}
