package io.evenkeel.coordinator.platform.problem;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.stereotype.Component;

/**
 * Logs unexpected failures of requests without letting a caller fill the disk.
 *
 * <p>Failures of one kind have the exception type and the topmost method of the coordinator in common. The first is logged with its stack
 * trace, later ones as a line when their number reaches a power of ten. A kind that was not seen for ten minutes begins anew.
 * Thread-safe; keeps at most {@value #MAX_KINDS} kinds.
 */
@Component
class FailureLog {

    static final int MAX_KINDS = 100;
    static final Duration QUIET = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
    private static final String OURS = "io.evenkeel.";
    private static final String OTHERS = "any of more than " + MAX_KINDS + " kinds";

    private final Clock clock;
    private final Counter internal;
    private final Map<String, Kind> kinds = new HashMap<>();

    FailureLog(Clock clock, MeterRegistry registry) {
        this.clock = clock;
        this.internal = Counter.builder("evenkeel.internal.errors")
                .description("Requests answered with the problem 'internal'")
                .register(registry);
    }

    private static final class Kind {
        final String id = UUID.randomUUID().toString();
        long count;
        Instant last = Instant.MIN;
    }

    /** Logs a failure that should not happen, and returns the id under which the log has its stack trace. */
    String internal(Throwable failure) {
        internal.increment();
        return log(Level.ERROR, "Internal problem", failure);
    }

    /** Logs that the database is in trouble. */
    void storage(Throwable failure) {
        String ignored =
                log(Level.WARN, "The database is in trouble; requests were refused and can be repeated:", failure);
    }

    private synchronized String log(Level level, String what, Throwable failure) {
        Instant now = clock.instant();
        kinds.values().removeIf(kind -> kind.last.isBefore(now.minus(QUIET)));
        String name = failure.getClass().getName() + " at " + place(failure);
        Kind kind = kinds.size() < MAX_KINDS || kinds.containsKey(name)
                ? kinds.computeIfAbsent(name, first -> new Kind())
                : kinds.computeIfAbsent(OTHERS, first -> new Kind());
        kind.count++;
        kind.last = now;
        if (kind.count == 1) {
            LOG.atLevel(level).setCause(failure).log("{} {}", what, kind.id);
        } else if (isPowerOfTen(kind.count)) {
            LOG.atLevel(level).log("{} {} for the {}th time: {}", what, kind.id, kind.count, name);
        }
        return kind.id;
    }

    private static String place(Throwable failure) {
        return Arrays.stream(failure.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith(OURS))
                .findFirst()
                .map(StackTraceElement::toString)
                .orElse("a library");
    }

    private static boolean isPowerOfTen(long count) {
        long rest = count;
        while (rest % 10 == 0) {
            rest /= 10;
        }
        return rest == 1;
    }
}
