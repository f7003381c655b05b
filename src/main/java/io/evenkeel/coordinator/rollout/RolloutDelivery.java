package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.member.RelayedDevices;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.registry.StagedVersions;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.rollout.DeviceOutcome;
import io.evenkeel.engine.rollout.Rollout;
import io.evenkeel.engine.rollout.RolloutState;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/**
 * Decides which devices get the version of a roll-out instead of the alias's. A device that got it once keeps getting
 * it until the roll-out is over or the device has reported a failure. Thread-safe.
 */
@Component
class RolloutDelivery implements StagedVersions {

    private final RolloutTable rollouts;
    private final GroupTable groups;
    private final RolloutDeviceTable devices;
    private final GroupMembership membership;
    private final RelayedDevices relayed;
    private final DurableTransactions transactions;
    private final Clock clock;

    RolloutDelivery(
            RolloutTable rollouts,
            GroupTable groups,
            RolloutDeviceTable devices,
            GroupMembership membership,
            RelayedDevices relayed,
            DurableTransactions transactions,
            Clock clock) {
        this.rollouts = rollouts;
        this.groups = groups;
        this.devices = devices;
        this.membership = membership;
        this.relayed = relayed;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public Optional<Staged> forDevice(String model, String alias, String client, IntPredicate allowed) {
        return transactions
                .read(() -> rollouts.active(model, alias))
                .filter(rollout -> rollout.state() != RolloutState.WAITING)
                .filter(rollout -> transactions
                        .read(() -> devices.find(rollout.id(), client))
                        .map(device -> device.outcome() != DeviceOutcome.FAILED)
                        .orElseGet(() -> admit(rollout, client, allowed)))
                .map(rollout -> new Staged(rollout.id(), rollout.version(), rollout.baseline()));
    }

    private boolean admit(Rollout rollout, String client, IntPredicate allowed) {
        if (rollout.state() == RolloutState.PAUSED || !allowed.test(rollout.version())) {
            return false;
        }
        OptionalInt group = transactions.read(() -> membership.groupOf(rollout, groups.opened(rollout.id()), client));
        if (group.isEmpty()) {
            return false;
        }
        try {
            transactions.write(() -> devices.insert(
                    rollout.id(),
                    client,
                    group.getAsInt(),
                    relayed.isRelay(client),
                    clock.instant().truncatedTo(ChronoUnit.MILLIS)));
        } catch (DuplicateKeyException e) {
            // A concurrent request of the device has already recorded it.
            return true;
        }
        return true;
    }

    @Override
    public void requireUnheld(String model, int version) {
        List<String> ids =
                rollouts.holding(model, version).stream().map(Rollout::id).toList();
        if (!ids.isEmpty()) {
            throw ProblemKind.VERSION_IN_USE
                    .because(
                            "version " + version + " of model '" + model + "' is needed by roll-out " + ids.get(0),
                            "stop the roll-out or wait for its end, then delete the version")
                    .with("rollouts", ids);
        }
    }

    @Override
    public void requireNoRollout(String model, String alias) {
        rollouts.active(model, alias).ifPresent(rollout -> {
            throw ProblemKind.ALIAS_IN_ROLLOUT
                    .because(
                            "roll-out " + rollout.id() + " of alias '" + alias + "' of model '" + model + "' is "
                                    + rollout.state().text(),
                            "stop it first: POST /api/v1/rollouts/" + rollout.id() + "/stop")
                    .with("rollout", rollout.id());
        });
    }
}
