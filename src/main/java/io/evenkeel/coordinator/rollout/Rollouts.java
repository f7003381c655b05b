package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.registry.RolloutTarget;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.rollout.DeviceOutcome;
import io.evenkeel.engine.rollout.OpenedGroup;
import io.evenkeel.engine.rollout.Rollout;
import io.evenkeel.engine.rollout.RolloutCheck;
import io.evenkeel.engine.rollout.RolloutDefinition;
import io.evenkeel.engine.rollout.RolloutDevice;
import io.evenkeel.engine.rollout.RolloutState;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Creates and controls roll-outs for operators. Every change is durable when its method returns. Thread-safe. */
@Component
class Rollouts {

    private final RolloutTable rollouts;
    private final RolloutDeviceTable devices;
    private final GroupTable groups;
    private final RolloutTarget target;
    private final RolloutChanges changes;
    private final RolloutSteps steps;
    private final RolloutViews views;
    private final DurableTransactions transactions;

    Rollouts(
            RolloutTable rollouts,
            RolloutDeviceTable devices,
            GroupTable groups,
            RolloutTarget target,
            RolloutChanges changes,
            RolloutSteps steps,
            RolloutViews views,
            DurableTransactions transactions) {
        this.rollouts = rollouts;
        this.devices = devices;
        this.groups = groups;
        this.target = target;
        this.changes = changes;
        this.steps = steps;
        this.views = views;
        this.transactions = transactions;
    }

    /**
     * Creates a roll-out. It starts immediately unless it requires approval. In that case it protects its alias, so
     * that no operator can bypass the approval by stopping the roll-out and moving the alias.
     *
     * @throws ProblemException {@code invalid}, {@code model-not-found}, {@code model-version-not-found},
     *     {@code model-alias-not-found}, {@code alias-protected} without approval, or {@code alias-in-rollout} if the
     *     alias has another active roll-out
     */
    RolloutView create(RolloutDefinition definition, String by) {
        RolloutCheck.check(definition);
        String id = Credential.newId();
        transactions.write(() -> {
            target.lock(definition.model());
            rollouts.active(definition.model(), definition.alias()).ifPresent(active -> {
                throw ProblemKind.ALIAS_IN_ROLLOUT
                        .because(
                                "roll-out " + active.id() + " of alias '" + active.alias() + "' of model '"
                                        + active.model() + "' is "
                                        + active.state().text(),
                                "stop it or wait for its end, then create this one")
                        .with("rollout", active.id());
            });
            target.requireUnmanaged(definition.model(), definition.alias());
            if (!definition.approval()) {
                target.requireUnprotected(definition.model(), definition.alias());
            }
            target.requireVersion(definition.model(), definition.version());
            int baseline = target.named(definition.model(), definition.alias());
            if (baseline == definition.version()) {
                throw RolloutCheck.invalid(
                        "version", "is " + baseline + ", which alias '" + definition.alias() + "' names already");
            }
            if (definition.approval()) {
                target.protect(definition.model(), definition.alias(), by);
            }
            changes.create(Rollout.create(id, baseline, definition, by, changes.now()));
        });
        return moved(id);
    }

    RolloutView get(String id) {
        return transactions.read(() -> views.of(rollouts.get(id)));
    }

    List<RolloutSummary> list(
            @Nullable String model, @Nullable RolloutState state, @Nullable String before, int limit) {
        return transactions.read(
                () -> rollouts.list(model, state, before == null ? null : rollouts.get(before), limit).stream()
                        .map(RolloutSummary::of)
                        .toList());
    }

    List<RolloutDevice> devices(
            String id, String after, @Nullable Integer group, @Nullable DeviceOutcome outcome, int limit) {
        return transactions.read(
                () -> devices.list(rollouts.get(id).id(), after, group == null ? null : group - 1, outcome, limit));
    }

    /**
     * Approves a roll-out, which starts it.
     *
     * @throws ProblemException {@code rollout-state}, or {@code second-operator-needed} if the caller is, or may be,
     *     the person who created it
     */
    RolloutView approve(String id, String by) {
        return change(id, rollout -> changes.approve(rollout, by));
    }

    /**
     * Pauses a roll-out.
     *
     * @throws ProblemException {@code rollout-state}
     */
    RolloutView pause(String id, String by, @Nullable String reason) {
        return change(id, rollout -> changes.save(rollout.pause(by, reason, changes.now())));
    }

    /**
     * Resumes a paused roll-out; the time of its group restarts.
     *
     * @throws ProblemException {@code rollout-state}
     */
    RolloutView resume(String id, String by) {
        return change(id, rollout -> changes.resume(rollout.resume(by, changes.now())));
    }

    /**
     * Opens the next group now, or moves the alias after the last one.
     *
     * @throws ProblemException {@code rollout-state}
     */
    RolloutView skip(String id, String by, @Nullable String reason) {
        return change(id, rollout -> {
            rollout.requireSkippable(groups.find(id, rollout.group()).isPresent());
            return changes.endGroup(rollout, OpenedGroup.State.SKIPPED, by, reason);
        });
    }

    /**
     * Stops a roll-out: devices return to the alias's version.
     *
     * @throws ProblemException {@code rollout-state} if it is over
     */
    RolloutView stop(String id, String by, @Nullable String reason) {
        return change(id, rollout -> changes.save(rollout.stop(by, reason, changes.now())));
    }

    private RolloutView change(String id, UnaryOperator<Rollout> change) {
        changes.change(id, change);
        return moved(id);
    }

    private RolloutView moved(String id) {
        steps.move(id);
        return get(id);
    }
}
