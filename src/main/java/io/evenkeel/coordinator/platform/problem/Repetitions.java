package io.evenkeel.coordinator.platform.problem;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Counts failures by kind and decides which are logged. The first failure of a kind is logged with its stack
 * trace. Later ones are logged in one line, when their number reaches a power of ten or when the last line is
 * ten minutes old. The count of a kind is reset after ten minutes without a failure. Keeps at most
 * {@value #MAX_KINDS} kinds. Thread-safe.
 */
public final class Repetitions {

    static final int MAX_KINDS = 100;
    static final Duration QUIET = Duration.ofMinutes(10);

    private static final String OURS = "io.evenkeel.";
    private static final String OTHERS = "any of more than " + MAX_KINDS + " kinds";

    private final Clock clock;
    private final Map<String, Kind> kinds = new HashMap<>();

    public Repetitions(Clock clock) {
        this.clock = clock;
    }

    private static final class Kind {
        final String id = UUID.randomUUID().toString();
        long count;
        Instant seen = Instant.MIN;
        Instant logged = Instant.MIN;
    }

    /**
     * A counted failure.
     *
     * @param id the id of the failure's kind
     * @param count the number of failures of this kind so far, including this one
     * @param isLogged whether the failure is to be logged
     * @param exception the exception's type and the topmost method of the coordinator in its stack trace
     */
    public record Occurrence(String id, long count, boolean isLogged, String exception) {}

    /**
     * Counts a failure.
     *
     * @param what the failure, described in the same words for all failures of a kind
     */
    public synchronized Occurrence count(String what, Throwable failure) {
        Instant now = clock.instant();
        kinds.values().removeIf(kind -> kind.seen.isBefore(now.minus(QUIET)));
        String exception = failure.getClass().getName() + " at " + place(failure);
        String name = what + ": " + exception;
        Kind kind = kinds.size() < MAX_KINDS || kinds.containsKey(name)
                ? kinds.computeIfAbsent(name, first -> new Kind())
                : kinds.computeIfAbsent(OTHERS, first -> new Kind());
        kind.count++;
        kind.seen = now;
        boolean isLogged = isPowerOfTen(kind.count) || !now.isBefore(kind.logged.plus(QUIET));
        if (isLogged) {
            kind.logged = now;
        }
        return new Occurrence(kind.id, kind.count, isLogged, exception);
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
