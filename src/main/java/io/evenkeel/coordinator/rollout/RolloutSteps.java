package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.rollout.GroupExtent;
import io.evenkeel.engine.rollout.GroupRules;
import io.evenkeel.engine.rollout.OpenedGroup;
import io.evenkeel.engine.rollout.Rollout;
import io.evenkeel.engine.rollout.RolloutState;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.distribution.TDistribution;
import org.springframework.stereotype.Component;

/**
 * Advances roll-outs by their rules. A step first decides without locks. If there is something to change, it decides
 * again under the locks and writes the change. So if two replicas take the same step, the second does nothing.
 * Thread-safe.
 */
@Component
class RolloutSteps {

    private static final GroupRules RULES =
            new GroupRules((degrees, probability) -> TDistribution.of(degrees).inverseSurvivalProbability(probability));

    private final RolloutTable rollouts;
    private final GroupTable groups;
    private final RolloutDeviceTable devices;
    private final GroupMembership membership;
    private final RolloutChanges changes;
    private final DurableTransactions transactions;

    RolloutSteps(
            RolloutTable rollouts,
            GroupTable groups,
            RolloutDeviceTable devices,
            GroupMembership membership,
            RolloutChanges changes,
            DurableTransactions transactions) {
        this.rollouts = rollouts;
        this.groups = groups;
        this.devices = devices;
        this.membership = membership;
        this.changes = changes;
        this.transactions = transactions;
    }

    List<String> underWay() {
        return transactions.read(rollouts::underWay);
    }

    /** Performs the step that is due for a roll-out: opens or passes a group, or pauses or stops the roll-out. */
    void move(String id) {
        Rollout rollout = transactions.read(() -> rollouts.get(id));
        if (rollout.state() != RolloutState.RUNNING && rollout.state() != RolloutState.PAUSED) {
            return;
        }
        Optional<OpenedGroup> open = transactions.read(() -> groups.find(id, rollout.group()));
        if (open.isPresent() && rollout.definition().upstream() != null) {
            return;
        }
        if (open.isPresent()) {
            GroupRules.Decision decision = transactions.read(() -> decision(rollout, open.get()));
            if (!decision.changesNothing()) {
                changes.change(id, this::decide);
                if (decision.step() == GroupRules.Step.PASS) {
                    move(id);
                }
            }
        } else if (rollout.state() == RolloutState.RUNNING) {
            GroupExtent extent = transactions.read(() -> membership.extent(rollout, groups.opened(id), changes.now()));
            changes.change(id, locked -> open(locked, rollout.group(), extent));
        }
    }

    private Rollout open(Rollout rollout, int number, GroupExtent extent) {
        if (rollout.state() != RolloutState.RUNNING
                || rollout.group() != number
                || groups.find(rollout.id(), number).isPresent()) {
            return rollout;
        }
        OpenedGroup opened = OpenedGroup.opened(number, extent, rollout.definition(), changes.now());
        groups.open(rollout.id(), opened);
        return changes.save(rollout.opened(opened, extent));
    }

    private GroupRules.Decision decision(Rollout rollout, OpenedGroup open) {
        String id = rollout.id();
        return RULES.decide(
                rollout,
                open,
                devices.counts(id),
                groups.looks(id, open.number()),
                devices.reports(id, open.number()),
                changes.now());
    }

    private Rollout decide(Rollout rollout) {
        Optional<OpenedGroup> open = groups.find(rollout.id(), rollout.group());
        if (open.isEmpty() || rollout.state().isOver()) {
            return rollout;
        }
        GroupRules.Decision decision = decision(rollout, open.get());
        decision.looks().forEach(look -> groups.save(rollout.id(), rollout.group(), look));
        return switch (decision.step()) {
            case WAIT -> rollout;
            case PASS -> changes.endGroup(rollout, OpenedGroup.State.PASSED, null, decision.why());
            case PAUSE -> changes.save(rollout.paused(null, decision.why(), changes.now()));
            case STOP -> changes.save(rollout.stopped(null, decision.why(), changes.now()));
        };
    }
}
