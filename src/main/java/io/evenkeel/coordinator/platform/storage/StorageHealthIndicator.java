package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreException;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Checks every few seconds whether the object store can be reached and has space. Therefore health requests,
 * which anyone may send, do not wait for the store.
 */
@Component
class StorageHealthIndicator extends BackgroundWork implements HealthIndicator, MeterBinder {

    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final ObjectStore store;
    private volatile @Nullable RuntimeException failure;

    StorageHealthIndicator(ObjectStore store, FailureLog failures) {
        super("storage-check", PERIOD, failures);
        this.store = store;
    }

    @Override
    protected Duration initialDelay() {
        return Duration.ZERO;
    }

    @Override
    protected void work() {
        try {
            store.check();
            failure = null;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        }
    }

    /** Returns whether the store was full at the last check. */
    boolean isFull() {
        return failure instanceof ObjectStoreException of && of.isFull();
    }

    /** Returns the problem that the last check found, if there was one. */
    Optional<String> problem() {
        return Optional.ofNullable(failure).map(RuntimeException::getMessage);
    }

    @Override
    public Health health() {
        RuntimeException found = failure;
        return found == null
                ? Health.up().withDetail("store", store.toString()).build()
                : Health.down(found).build();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("evenkeel.storage.full", this, check -> check.isFull() ? 1 : 0)
                .description("1 if the object store was full at the last check, one every 10 s; else 0")
                .register(registry);
    }
}
