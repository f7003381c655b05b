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
 * Logs unexpected failures without letting a caller, or work that is repeated, fill the disk.
 *
 * <p>Failures of one kind have the message, the exception type and the topmost method of the coordinator in common. The first is logged
 * with its stack trace. Later ones are logged as a line when their number reaches a power of ten, or the last line is ten minutes old. A
 * kind that was not seen for ten minutes begins anew. Thread-safe; keeps at most {@value #MAX_KINDS} kinds.
 */
@Component
public class FailureLog {

    static final int MAX_KINDS = 100;
    static final Duration QUIET = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
    private static final String OURS = "io.evenkeel.";
    private static final String OTHERS = "any of more than " + MAX_KINDS + " kinds";

    private final Clock clock;
    private final Counter internal;
    private final Map<String, Kind> kinds = new HashMap<>();

    /** Creates an empty log that counts internal problems in the registry. */
    public FailureLog(Clock clock, MeterRegistry registry) {
        this.clock = clock;
        this.internal = Counter.builder("evenkeel.internal.errors")
                .description("Requests answered with the problem 'internal'")
                .register(registry);
    }

    private static final class Kind {
        final String id = UUID.randomUUID().toString();
        long count;
        Instant seen = Instant.MIN;
        Instant logged = Instant.MIN;
    }

    /** Logs a failure that should not happen, and returns the id under which the log has its stack trace. */
    String internal(Throwable failure) {
        internal.increment();
        return log(Level.ERROR, "Internal problem", failure);
    }

    /** Logs that the database is in trouble. */
    void storage(Throwable failure) {
        warn("The database is in trouble; requests were refused and can be repeated", failure);
    }

    /**
     * Logs a failure after which the coordinator goes on.
     *
     * @param what what failed, and what follows; the same text for all failures of one kind, so without a request's own figures
     */
    public void warn(String what, Throwable failure) {
        String ignored = log(Level.WARN, what, failure);
    }

    private synchronized String log(Level level, String what, Throwable failure) {
        Instant now = clock.instant();
        kinds.values().removeIf(kind -> kind.seen.isBefore(now.minus(QUIET)));
        String exception = failure.getClass().getName() + " at " + place(failure);
        String name = what + ": " + exception;
        Kind kind = kinds.size() < MAX_KINDS || kinds.containsKey(name)
                ? kinds.computeIfAbsent(name, first -> new Kind())
                : kinds.computeIfAbsent(OTHERS, first -> new Kind());
        kind.count++;
        kind.seen = now;
        if (kind.count == 1) {
            first(level, what + " (failure " + kind.id + ")", failure);
            kind.logged = now;
        } else if (isPowerOfTen(kind.count) || !now.isBefore(kind.logged.plus(QUIET))) {
            LOG.atLevel(level).log("{} (failure {}, for the {}th time: {})", what, kind.id, kind.count, exception);
            kind.logged = now;
        }
        return kind.id;
    }

    private static void first(Level level, String what, Throwable failure) {
        if (failure instanceof ProblemException refusal) {
            // It has no stack trace, and says what is wrong and what to do.
            LOG.atLevel(level).log("{}: {}; {}", what, refusal.detail(), refusal.action());
        } else {
            LOG.atLevel(level).setCause(failure).log(what);
        }
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
