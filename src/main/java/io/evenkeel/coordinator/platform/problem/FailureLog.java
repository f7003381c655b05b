package io.evenkeel.coordinator.platform.problem;

import io.evenkeel.engine.problem.ProblemException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.stereotype.Component;

/**
 * Logs unexpected failures. {@link Repetitions} decides which ones are logged, so that neither a caller nor
 * repeated work can fill the disk. Failures are of the same kind if they have the same message, the same
 * exception type, and the same topmost method of the coordinator. Thread-safe.
 */
@Component
public class FailureLog {

    private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);

    private final Counter internal;
    private final Repetitions repetitions;

    /** Creates a log that counts internal problems in the registry. */
    public FailureLog(Clock clock, MeterRegistry registry) {
        this.repetitions = new Repetitions(clock);
        this.internal = Counter.builder("evenkeel.internal.errors")
                .description("Requests answered with the problem 'internal'. The log has a stack trace of the first of"
                        + " each kind and a line for the 10th, 100th and so on; after ten minutes without failures, a"
                        + " kind is counted from the start again")
                .register(registry);
    }

    /** Logs a failure that should never happen, and returns the id of its stack trace in the log. */
    String internal(Throwable failure) {
        internal.increment();
        return log(Level.ERROR, "Internal problem", failure);
    }

    /** Logs a failure of the database. */
    void storage(Throwable failure) {
        warn("The database failed; requests were refused and can be repeated", failure);
    }

    /**
     * Logs a failure from which the coordinator recovers.
     *
     * @param what the failure and its consequence; must be the same text for all failures of a kind, so it
     *     must not contain values from the request
     */
    public void warn(String what, Throwable failure) {
        String ignored = log(Level.WARN, what, failure);
    }

    private String log(Level level, String what, Throwable failure) {
        Repetitions.Occurrence occurrence = repetitions.count(what, failure);
        if (occurrence.count() == 1) {
            first(level, what + " (failure " + occurrence.id() + ")", failure);
        } else if (occurrence.isLogged()) {
            LOG.atLevel(level)
                    .log(
                            "{} (failure {}, occurrence {}: {})",
                            what,
                            occurrence.id(),
                            occurrence.count(),
                            occurrence.exception());
        }
        return occurrence.id();
    }

    private static void first(Level level, String what, Throwable failure) {
        if (failure instanceof ProblemException refusal) {
            // A refusal has no stack trace, and its message explains the problem and the remedy.
            LOG.atLevel(level).log("{}: {}; {}", what, refusal.detail(), refusal.action());
        } else {
            LOG.atLevel(level).setCause(failure).log(what);
        }
    }
}
