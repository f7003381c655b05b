package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.objects.ObjectNames;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.StorageSettings;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Deletes objects that no row has named for the grace time: those whose rows were deleted, and those whose transaction was not committed.
 * Several coordinators may do the same at once.
 */
@Component
class ObjectSweep extends BackgroundWork {

    private static final int PAGE = 1000;

    private final ObjectStore store;
    private final ObjectTable table;
    private final StorageSettings settings;
    private final Clock clock;
    private volatile ObjectTable.Totals totals = new ObjectTable.Totals(0, 0);

    ObjectSweep(
            ObjectStore store,
            ObjectTable table,
            StorageSettings settings,
            Clock clock,
            MeterRegistry registry,
            FailureLog failures) {
        super("object-sweep", settings.sweep(), failures);
        this.store = store;
        this.table = table;
        this.settings = settings;
        this.clock = clock;
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
        deleteUnknown();
        totals = table.totals();
    }

    /** The row goes last, so that what is left after a failure is tried again. */
    private void deleteUnused() {
        List<String> names = table.unused(settings.grace(), PAGE);
        while (!names.isEmpty() && !isStopping()) {
            for (String name : names) {
                store.delete(name);
                table.delete(name);
            }
            names = table.unused(settings.grace(), PAGE);
        }
    }

    /** Names tell the age of objects that no transaction has noted. */
    private void deleteUnknown() {
        String before = ObjectNames.startingAt(clock.instant().minus(settings.grace()));
        List<String> names = store.list("", before, PAGE);
        while (!names.isEmpty() && !isStopping()) {
            Set<String> known = table.lengths(names).keySet();
            names.stream().filter(name -> !known.contains(name)).forEach(store::delete);
            names = store.list(names.get(names.size() - 1), before, PAGE);
        }
    }
}
