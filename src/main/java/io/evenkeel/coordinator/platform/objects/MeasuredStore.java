package io.evenkeel.coordinator.platform.objects;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Measures the duration and the failures of a store's operations, and the number of bytes written and read.
 * After a failed write, health checks are full {@link #probe probes} until one succeeds.
 */
public final class MeasuredStore implements ObjectStore {

    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofMillis(2500),
        Duration.ofSeconds(10)
    };

    private static final int PROBE_BYTES = 1 << 16;

    private final ObjectStore store;
    private final MeterRegistry registry;
    private final Clock clock;
    private volatile boolean isUnwritable;

    public MeasuredStore(ObjectStore store, MeterRegistry registry, Clock clock) {
        this.store = store;
        this.registry = registry;
        this.clock = clock;
    }

    /** Writes, reads and deletes an object of typical size. */
    public void probe() {
        String name = ObjectNames.next(clock.instant());
        put(name, Content.of(new byte[PROBE_BYTES]));
        try (InputStream in = open(new ObjectRange(name, 0, PROBE_BYTES))) {
            in.skipNBytes(PROBE_BYTES);
        } catch (IOException e) {
            throw new ObjectStoreException(store.toString(), "read object " + name, e);
        }
        delete(name);
    }

    @Override
    public void put(String name, Content content) {
        boolean isWritten = false;
        try {
            var unused = measure("put", () -> {
                store.put(name, content);
                return name;
            });
            isWritten = true;
        } finally {
            isUnwritable = !isWritten;
        }
        bytes("put").increment((double) content.length());
    }

    @Override
    public InputStream open(ObjectRange range) {
        InputStream in = measure("read", () -> store.open(range));
        bytes("read").increment((double) range.length());
        return in;
    }

    @Override
    public void delete(String name) {
        var unused = measure("delete", () -> {
            store.delete(name);
            return name;
        });
    }

    @Override
    public List<String> list(String after, int limit) {
        return measure("list", () -> store.list(after, limit));
    }

    @Override
    public List<String> missing(List<String> names) {
        return measure("list", () -> store.missing(names));
    }

    @Override
    public void check() {
        var unused = measure("check", () -> {
            store.check();
            return true;
        });
        if (isUnwritable) {
            probe();
        }
    }

    private <T> T measure(String operation, Supplier<T> work) {
        Timer.Sample sample = Timer.start(registry);
        String outcome = "error";
        try {
            T result = work.get();
            outcome = "success";
            return result;
        } catch (MissingObjectException e) {
            outcome = "missing";
            throw e;
        } finally {
            var unused = sample.stop(Timer.builder("evenkeel.storage.operations")
                    .description(
                            "Operations of the object store (put, read, delete, list, check), by outcome (success, error,"
                                    + " missing)")
                    .tag("operation", operation)
                    .tag("outcome", outcome)
                    .serviceLevelObjectives(BUCKETS)
                    .register(registry));
        }
    }

    private Counter bytes(String operation) {
        return Counter.builder("evenkeel.storage.transferred")
                .description("Bytes written to the object store (put) and read from it (read)")
                .baseUnit("bytes")
                .tag("operation", operation)
                .register(registry);
    }

    @Override
    public Optional<Path> folder() {
        return store.folder();
    }

    @Override
    public boolean isDatabase() {
        return store.isDatabase();
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
