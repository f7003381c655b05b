package io.evenkeel.coordinator.event;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import io.evenkeel.coordinator.run.RunEventTable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/** Deletes old events, in small steps. Thread-safe; several replicas may do it at once. */
@Component
class EventPruning extends BackgroundWork {

    private static final Duration PERIOD = Duration.ofMinutes(10);
    private static final int STEP = 1000;

    private final RunEventTable events;
    private final DurableTransactions transactions;
    private final Duration retention;
    private final TrustedTime time;

    EventPruning(
            RunEventTable events,
            DurableTransactions transactions,
            EventSettings settings,
            TrustedTime time,
            FailureLog failures) {
        super("event-pruning", PERIOD, failures);
        this.events = events;
        this.transactions = transactions;
        this.retention = settings.retention();
        this.time = time;
    }

    @Override
    protected void work() {
        repeatWithRests(() -> {
            AtomicInteger deleted = new AtomicInteger();
            transactions.writeLazily(
                    () -> deleted.set(events.deleteBefore(time.forRetention().minus(retention), STEP)));
            return deleted.get() == STEP;
        });
    }
}
