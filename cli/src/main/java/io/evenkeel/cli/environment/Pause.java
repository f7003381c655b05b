package io.evenkeel.cli.environment;

import java.time.Duration;

/** Waits between two polls; tests replace it by one that does not wait. */
@FunctionalInterface
public interface Pause {

    /** Blocks the thread for about so long. */
    void sleep(Duration duration) throws InterruptedException;
}
