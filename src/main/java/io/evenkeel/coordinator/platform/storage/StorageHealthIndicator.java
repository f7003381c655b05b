package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/** Checks every few seconds whether the object store can be reached. Requests for health, which anyone may send, do not wait for it. */
@Component
class StorageHealthIndicator extends BackgroundWork implements HealthIndicator {

    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final ObjectStore store;
    private volatile Health health;

    StorageHealthIndicator(ObjectStore store, FailureLog failures) {
        super("storage-check", PERIOD, failures);
        this.store = store;
        this.health = Health.up().withDetail("store", store.toString()).build();
    }

    @Override
    protected void work() {
        try {
            store.check();
            health = Health.up().withDetail("store", store.toString()).build();
        } catch (RuntimeException e) {
            health = Health.down(e).build();
            throw e;
        }
    }

    @Override
    public Health health() {
        return health;
    }
}
