package io.evenkeel.cli.environment;

import java.time.Duration;

/** Waits between two polls; tests replace it. */
@FunctionalInterface
public interface Pause {

    /** Blocks the thread for about this time. */
    void sleep(Duration duration) throws InterruptedException;
}
