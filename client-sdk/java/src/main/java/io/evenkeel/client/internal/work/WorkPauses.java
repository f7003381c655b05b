package io.evenkeel.client.internal.work;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Computes the pauses between check-ins. After a response the coordinator's pause applies. After a failure it is the
 * longest of the last four such pauses, or a backoff of up to five minutes if that is longer, times a random factor of
 * 0.5 to 1.5. So a large fleet does not return all at once after an outage, and a small one returns soon. Not
 * thread-safe.
 */
final class WorkPauses {

    private static final int REMEMBERED = 4;
    private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(30);
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(5);
    private static final int ENOUGH_DOUBLINGS = 9;

    private final DoubleSupplier random;
    private final Deque<Duration> recent = new ArrayDeque<>();
    private int failures;

    /** @param random returns random numbers from [0, 1) */
    WorkPauses(DoubleSupplier random) {
        this.random = random;
    }

    /** Returns the pause after a response. */
    Duration after(@Nullable Duration given) {
        failures = 0;
        Duration pause = given == null ? DEFAULT_PAUSE : given;
        recent.addLast(pause);
        if (recent.size() > REMEMBERED) {
            recent.removeFirst();
        }
        return pause;
    }

    /** Returns the pause after a failure. */
    Duration afterFailure() {
        failures = Math.min(failures + 1, ENOUGH_DOUBLINGS);
        Duration longest = Duration.ofSeconds(1L << failures);
        longest = longest.compareTo(MAX_BACKOFF) < 0 ? longest : MAX_BACKOFF;
        for (Duration pause : recent) {
            longest = longest.compareTo(pause) > 0 ? longest : pause;
        }
        return Duration.ofNanos((long) (longest.toNanos() * (0.5 + random.getAsDouble())));
    }
}
