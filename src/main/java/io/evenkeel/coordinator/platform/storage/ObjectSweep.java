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
 * Deletes objects that no row has named for the grace time: those whose rows were deleted, and those whose transaction was not committed.
 * Objects that this database never noted are another installation's, and stay. Several coordinators may do the same at once.
 */
@Component
class ObjectSweep extends BackgroundWork {

    private static final int PAGE = 1000;

    private final ObjectStore store;
    private final ObjectTable table;
    private final StorageSettings settings;
    private volatile ObjectTable.Totals totals = new ObjectTable.Totals(0, 0);

    ObjectSweep(
            ObjectStore store,
            ObjectTable table,
            StorageSettings settings,
            MeterRegistry registry,
            FailureLog failures) {
        super("object-sweep", settings.sweep(), failures);
        this.store = store;
        this.table = table;
        this.settings = settings;
        gauge(registry, "named", () -> totals.named());
        gauge(registry, "unused", () -> totals.unused());
    }

    private static void gauge(MeterRegistry registry, String state, Supplier<Number> value) {
        Gauge.builder("evenkeel.storage.objects", value)
                .description("Bytes of objects that rows of the database name, and that none names, at the last sweep")
                .baseUnit("bytes")
                .tag("state", state)
                .register(registry);
    }

    @Override
    protected void work() {
        deleteUnused();
        totals = table.totals();
    }

    /** The row goes last, so that what is left after a failure is tried again. */
    private void deleteUnused() {
        List<String> names = unused();
        while (!names.isEmpty() && !isStopping()) {
            for (String name : names) {
                store.delete(name);
                table.delete(name);
            }
            names = unused();
        }
    }

    private List<String> unused() {
        return table.unused(settings.grace(), settings.segmentGrace(), PAGE);
    }
}
