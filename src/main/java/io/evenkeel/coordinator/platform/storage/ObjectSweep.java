package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.StorageSettings;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Deletes objects that no row has referred to for the grace time: objects whose rows were deleted, and
 * objects whose transaction was not committed. Does not delete objects that this database never recorded,
 * because they belong to another installation. Several coordinators may run this at once.
 */
@Component
class ObjectSweep extends BackgroundWork {

    /** The maximum number of objects that are deleted in a transaction. */
    private static final int PAGE = 100;

    private final ObjectStore store;
    private final ObjectTable table;
    private final DurableTransactions transactions;
    private final StorageSettings settings;
    private volatile ObjectTable.Totals totals = new ObjectTable.Totals(0, 0);

    ObjectSweep(
            ObjectStore store,
            ObjectTable table,
            DurableTransactions transactions,
            StorageSettings settings,
            MeterRegistry registry,
            FailureLog failures) {
        super("object-sweep", settings.sweep(), failures);
        this.store = store;
        this.table = table;
        this.transactions = transactions;
        this.settings = settings;
        gauge(registry, "named", () -> totals.named());
        gauge(registry, "unused", () -> totals.unused());
    }

    private static void gauge(MeterRegistry registry, String state, Supplier<Number> value) {
        Gauge.builder("evenkeel.storage.objects", value)
                .description(
                        "Bytes of objects that rows of the database refer to (named), and of those without references"
                                + " (unused), at the last sweep. Unreferenced parts of segments count as named"
                                + " until the segment is rewritten or deleted")
                .baseUnit("bytes")
                .tag("state", state)
                .register(registry);
    }

    @Override
    protected void work() {
        boolean isMore = true;
        while (isMore && !isStopping()) {
            isMore = transactions.write(this::deleteSome);
        }
        totals = table.totals();
    }

    /**
     * Deletes a page of unused objects while their rows are locked, so that no transaction can start to refer
     * to them. The rows are kept after a failure, so the next sweep deletes the remaining objects.
     *
     * @return whether there were any
     */
    private boolean deleteSome() {
        List<String> names = table.lockUnused(settings.grace(), settings.segmentGrace(), PAGE);
        for (String name : names) {
            store.delete(name);
            table.delete(name);
        }
        return !names.isEmpty();
    }
}
