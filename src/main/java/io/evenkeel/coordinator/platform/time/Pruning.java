package io.evenkeel.coordinator.platform.time;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.stereotype.Component;

/** Deletes expired rows, one kind after the other, in small steps. Several replicas may do this at once. */
@Component
class Pruning extends BackgroundWork {

    private static final Duration PERIOD = Duration.ofMinutes(10);

    private final List<PrunedRows> kinds;
    private final TrustedTime time;
    private final FailureLog failures;

    Pruning(List<PrunedRows> kinds, TrustedTime time, FailureLog failures) {
        super("pruning", PERIOD, failures);
        this.kinds = kinds;
        this.time = time;
        this.failures = failures;
    }

    @Override
    protected void work() {
        Instant now = time.forRetention();
        for (PrunedRows rows : kinds) {
            try {
                repeatWithRests(() -> rows.prune(now));
            } catch (RuntimeException e) {
                failures.warn("Old " + rows.name() + " could not be deleted; trying again", e);
            }
        }
    }
}
