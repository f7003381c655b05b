package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.rollout.rule.DeviceCounts;
import io.evenkeel.coordinator.rollout.rule.OpenedGroup;
import io.evenkeel.coordinator.rollout.rule.RolloutDefinition;
import io.evenkeel.engine.text.DurationText;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Advances roll-outs by their rules. A step first decides without locks. Only if there is something to change, it
 * decides again under the locks and writes the change. So if two replicas take the same step, the second does nothing.
 * Thread-safe.
 */
@Component
class RolloutSteps {

    private final RolloutTable rollouts;
    private final GroupTable groups;
    private final GroupMembership membership;
    private final GroupRules rules;
    private final RolloutChanges changes;
    private final DurableTransactions transactions;

    RolloutSteps(
            RolloutTable rollouts,
            GroupTable groups,
            GroupMembership membership,
            GroupRules rules,
            RolloutChanges changes,
            DurableTransactions transactions) {
        this.rollouts = rollouts;
        this.groups = groups;
        this.membership = membership;
        this.rules = rules;
        this.changes = changes;
        this.transactions = transactions;
    }

    List<String> underWay() {
        return transactions.read(rollouts::underWay);
    }

    /** Takes the due steps of a roll-out: opens its next group, passes or stops. */
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
            GroupRules.Decision decision = transactions.read(() -> rules.decide(rollout, open.get(), changes.now()));
            if (!decision.changesNothing()) {
                changes.change(id, this::decide);
                if (decision.step() == GroupRules.Step.PASS) {
                    move(id);
                }
            }
        } else if (rollout.state() == RolloutState.RUNNING) {
            GroupMembership.Extent extent =
                    transactions.read(() -> membership.extent(rollout, groups.opened(id), changes.now()));
            changes.change(id, locked -> open(locked, rollout.group(), extent));
        }
    }

    private Rollout open(Rollout rollout, int number, GroupMembership.Extent extent) {
        if (rollout.state() != RolloutState.RUNNING
                || rollout.group() != number
                || groups.find(rollout.id(), number).isPresent()) {
            return rollout;
        }
        RolloutDefinition rules = rollout.definition();
        Instant now = changes.now();
        OpenedGroup opened = new OpenedGroup(
                number,
                OpenedGroup.State.OPEN,
                extent.bound(),
                extent.devices(),
                extent.added(),
                now,
                now.plus(rules.groupTime()),
                null);
        groups.open(rollout.id(), opened);
        return changes.save(rollout, RolloutEventType.GROUP_OPENED, number, null, detail(rules, opened, extent));
    }

    private static String detail(RolloutDefinition rules, OpenedGroup opened, GroupMembership.Extent extent) {
        String away = extent.seen() == extent.devices()
                ? ""
                : ", " + extent.seen() + " of them seen within " + DurationText.of(rules.seenWithin());
        return extent.devices() + " devices" + away
                + GroupNotices.tooFew(rules, opened, DeviceCounts.NONE)
                        .map(notice -> "; " + notice.text())
                        .orElse("");
    }

    private Rollout decide(Rollout rollout) {
        Optional<OpenedGroup> open = groups.find(rollout.id(), rollout.group());
        if (open.isEmpty() || rollout.state().isOver()) {
            return rollout;
        }
        GroupRules.Decision decision = rules.decide(rollout, open.get(), changes.now());
        decision.looks().forEach(look -> groups.save(rollout.id(), rollout.group(), look));
        return switch (decision.step()) {
            case WAIT -> rollout;
            case PASS -> changes.endGroup(rollout, OpenedGroup.State.PASSED, null, decision.why());
            case PAUSE -> changes.pause(rollout, null, decision.why());
            case STOP -> changes.stop(rollout, null, decision.why());
        };
    }
}
