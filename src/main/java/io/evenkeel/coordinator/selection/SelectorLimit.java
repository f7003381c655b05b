package io.evenkeel.coordinator.selection;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.selection.DeviceSelector;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.stereotype.Component;

/**
 * Limits the number of concurrent queries with selectors, so that database connections remain free for devices and
 * other requests. Thread-safe.
 */
@Component
public class SelectorLimit {

    /** The maximum time of one query, in seconds. */
    public static final int QUERY_SECONDS = 5;

    private static final int MAX_QUERIES = 4;

    private final Semaphore queries;
    private final Duration timeout;

    SelectorLimit() {
        this(MAX_QUERIES, Duration.ofSeconds(QUERY_SECONDS));
    }

    SelectorLimit(int most, Duration timeout) {
        this.queries = new Semaphore(most, true);
        this.timeout = timeout;
    }

    /**
     * Runs a query of devices, immediately if it has no selector.
     *
     * @throws ProblemException {@code busy} if too many queries are in progress, or the query takes too long
     */
    public <T> T run(DeviceSelector selector, Supplier<T> query) {
        if (selector.isEmpty()) {
            return query.get();
        }
        if (!hasTurn()) {
            throw busy("too many other requests with selectors are in progress", "try again later");
        }
        try {
            return query.get();
        } catch (QueryTimeoutException e) {
            throw busy(
                    "the devices that the selector chooses were not found within " + QUERY_SECONDS + " s",
                    "use fewer requirements, or keys that fewer devices have");
        } finally {
            queries.release();
        }
    }

    private boolean hasTurn() {
        try {
            return queries.tryAcquire(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static ProblemException busy(String what, String action) {
        return ProblemKind.BUSY.because(what, action).retryAfter(Duration.ofSeconds(QUERY_SECONDS));
    }
}
