package io.evenkeel.coordinator.platform.time;

/** Measures elapsed time independently of the system's clock. Thread-safe. */
@FunctionalInterface
public interface ElapsedTime {

    /** Returns the nanoseconds since an arbitrary fixed time, like {@link System#nanoTime}. */
    long nanos();
}
