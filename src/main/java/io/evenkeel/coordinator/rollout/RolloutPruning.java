package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.TrustedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Deletes the rows of devices of roll-outs that ended long ago, in small steps. First keeps what their groups came to, so that a roll-out
 * is shown as before, apart from its list of devices. Thread-safe; several replicas may do it at once.
 */
@Component
class RolloutPruning extends BackgroundWork {

    private static final Duration PERIOD = Duration.ofMinutes(10);
    private static final int ROLLOUTS_A_STEP = 10;
    private static final int DEVICES_A_STEP = 500;

    private final RolloutTable rollouts;
    private final RolloutDeviceTable devices;
    private final RolloutViews views;
    private final DurableTransactions transactions;
    private final Duration retention;
    private final TrustedTime time;

    RolloutPruning(
            RolloutTable rollouts,
            RolloutDeviceTable devices,
            RolloutViews views,
            DurableTransactions transactions,
            RolloutSettings settings,
            TrustedTime time,
            FailureLog failures) {
        super("rollout-pruning", PERIOD, failures);
        this.rollouts = rollouts;
        this.devices = devices;
        this.views = views;
        this.transactions = transactions;
        this.retention = settings.retention();
        this.time = time;
    }

    @Override
    protected void work() {
        Instant now = time.forRetention();
        for (Rollout ended : transactions.read(() -> rollouts.endedBefore(now.minus(retention), ROLLOUTS_A_STEP))) {
            transactions.write(() -> {
                Rollout locked = rollouts.lock(ended.id());
                if (locked.devicesDeletedAt() == null) {
                    rollouts.keep(locked.id(), views.progress(locked), now);
                }
            });
        }
        repeatWithRests(() -> {
            Optional<String> next = transactions.read(devices::deletedPartly);
            next.ifPresent(id -> transactions.writeLazily(() -> devices.delete(id, DEVICES_A_STEP)));
            return next.isPresent();
        });
    }
}
