package io.evenkeel.coordinator.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.pollinterval.IterativePollInterval;

/** Waits for events that must happen, with a timeout that suffices on a busy machine. */
public final class Eventually {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    private Eventually() {}

    /** Starts a wait that checks at once, and then at growing intervals, since checks slow down the awaited work. */
    public static ConditionFactory eventually() {
        return Awaitility.await()
                .atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(IterativePollInterval.iterative(Eventually::afterPause));
    }

    private static Duration afterPause(Duration last) {
        Duration next = last.multipliedBy(2);
        if (next.compareTo(SHORTEST_PAUSE) < 0) {
            return SHORTEST_PAUSE;
        }
        return next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
    }
}
