package io.evenkeel.coordinator.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waits for events that must happen, with a timeout that suffices on a busy machine. */
public final class Eventually {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private Eventually() {}

    /** Starts a wait that checks at once, and then every hundredth of a second. */
    public static ConditionFactory eventually() {
        return Awaitility.await().atMost(LIMIT).pollDelay(Duration.ZERO).pollInterval(BETWEEN_LOOKS);
    }
}
