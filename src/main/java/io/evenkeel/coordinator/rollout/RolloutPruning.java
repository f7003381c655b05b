package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.PrunedRows;
import io.evenkeel.engine.rollout.Rollout;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Deletes the rows of devices of roll-outs that ended long ago. First stores the results of their groups, so that a
 * roll-out is still shown with everything except its list of devices.
 */
@Component
class RolloutPruning implements PrunedRows {

    private static final int ROLLOUTS_A_STEP = 10;
    private static final int DEVICES_A_STEP = 500;

    private final RolloutTable rollouts;
    private final RolloutDeviceTable devices;
    private final RolloutViews views;
    private final DurableTransactions transactions;
    private final RolloutSettings settings;

    RolloutPruning(
            RolloutTable rollouts,
            RolloutDeviceTable devices,
            RolloutViews views,
            DurableTransactions transactions,
            RolloutSettings settings) {
        this.rollouts = rollouts;
        this.devices = devices;
        this.views = views;
        this.transactions = transactions;
        this.settings = settings;
    }

    @Override
    public String name() {
        return "devices of roll-outs";
    }

    @Override
    public boolean prune(Instant now) {
        List<Rollout> ended =
                transactions.read(() -> rollouts.endedBefore(now.minus(settings.retention()), ROLLOUTS_A_STEP));
        for (Rollout rollout : ended) {
            transactions.write(() -> {
                Rollout locked = rollouts.lock(rollout.id());
                if (locked.devicesDeletedAt() == null) {
                    rollouts.keep(locked.id(), views.progress(locked), now);
                }
            });
        }
        Optional<String> next = transactions.read(devices::deletedPartly);
        next.ifPresent(id -> transactions.writeLazily(() -> devices.delete(id, DEVICES_A_STEP)));
        return next.isPresent() || !ended.isEmpty();
    }
}
