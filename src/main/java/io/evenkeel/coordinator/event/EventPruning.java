package io.evenkeel.coordinator.event;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.PrunedRows;
import io.evenkeel.coordinator.run.RunEventTable;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/** Deletes old events. */
@Component
class EventPruning implements PrunedRows {

    private static final int EVENTS_A_STEP = 1000;

    private final RunEventTable events;
    private final DurableTransactions transactions;
    private final EventSettings settings;

    EventPruning(RunEventTable events, DurableTransactions transactions, EventSettings settings) {
        this.events = events;
        this.transactions = transactions;
        this.settings = settings;
    }

    @Override
    public String name() {
        return "events";
    }

    @Override
    public boolean prune(Instant now) {
        AtomicInteger deleted = new AtomicInteger();
        transactions.writeLazily(
                () -> deleted.set(events.deleteBefore(now.minus(settings.retention()), EVENTS_A_STEP)));
        return deleted.get() == EVENTS_A_STEP;
    }
}
