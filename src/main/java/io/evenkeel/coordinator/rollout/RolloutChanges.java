package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.access.OperatorLineage;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.registry.RolloutTarget;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.rollout.OpenedGroup;
import io.evenkeel.engine.rollout.Rollout;
import io.evenkeel.engine.rollout.RolloutEventType;
import io.evenkeel.engine.rollout.RolloutState;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Changes roll-outs. Each change is one transaction that locks the model's row, then the roll-out's, and records an
 * event. This serializes the changes by operators, rules and other replicas. Thread-safe.
 */
@Component
public class RolloutChanges {

    private static final String IMPORTED_RUNNING =
            "it was imported while it was running: resume it once its devices use this coordinator and it is stopped"
                    + " at the other one";

    private final RolloutTable rollouts;
    private final GroupTable groups;
    private final RolloutEventTable events;
    private final RolloutTarget target;
    private final List<RolloutListener> listeners;
    private final OperatorLineage operators;
    private final DurableTransactions transactions;
    private final Clock clock;

    RolloutChanges(
            RolloutTable rollouts,
            GroupTable groups,
            RolloutEventTable events,
            RolloutTarget target,
            List<RolloutListener> listeners,
            OperatorLineage operators,
            DurableTransactions transactions,
            Clock clock) {
        this.rollouts = rollouts;
        this.groups = groups;
        this.events = events;
        this.target = target;
        this.listeners = listeners;
        this.operators = operators;
        this.transactions = transactions;
        this.clock = clock;
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Inserts a roll-out with its first event, in the caller's transaction. */
    void create(Rollout.Change created) {
        rollouts.insert(created.rollout());
        save(created);
    }

    /**
     * Changes a roll-out under its locks.
     *
     * @param change returns its argument if there is nothing to change
     */
    void change(String id, UnaryOperator<Rollout> change) {
        String model = transactions.read(() -> rollouts.get(id)).model();
        transactions.write(() -> {
            target.lock(model);
            return change.apply(rollouts.lock(id));
        });
    }

    /** Saves a roll-out and the event of its change; called within {@link #change}. */
    Rollout save(Rollout.Change change) {
        Rollout next = change.rollout();
        if (change.type() == RolloutEventType.FINISHED) {
            target.move(
                    next.model(),
                    next.alias(),
                    next.version(),
                    "roll-out " + next.id() + " has finished",
                    change.by() == null ? next.createdBy() : change.by());
        }
        rollouts.update(next);
        RolloutEvent event = new RolloutEvent(
                next.id(),
                next.events(),
                change.type(),
                next.model(),
                next.alias(),
                next.version(),
                change.group(),
                now(),
                change.by(),
                change.detail());
        events.insert(event);
        listeners.forEach(listener -> listener.happened(event));
        return next;
    }

    /**
     * Starts a roll-out that waits for approval; called within {@link #change}.
     *
     * @throws ProblemException {@code rollout-state}, or {@code second-operator-needed} if the approver may be the same person as the
     *     creator
     */
    Rollout approve(Rollout rollout, String by) {
        return save(rollout.approve(by, operators.samePerson(rollout.createdBy(), by), now()));
    }

    /** Restarts the time of the open group of a resumed roll-out; called within {@link #change}. */
    Rollout resume(Rollout.Change resumed) {
        Rollout rollout = resumed.rollout();
        groups.find(rollout.id(), rollout.group())
                .ifPresent(open -> groups.update(
                        rollout.id(), open.until(now().plus(rollout.definition().groupTime()))));
        return save(resumed);
    }

    /**
     * Ends the open group, and allows the next one to open, or moves the alias after the last one; called within {@link
     * #change}.
     */
    Rollout endGroup(Rollout rollout, OpenedGroup.State how, @Nullable String by, @Nullable String why) {
        OpenedGroup open = groups.find(rollout.id(), rollout.group()).orElseThrow();
        groups.update(rollout.id(), open.ended(how, now()));
        Rollout last = rollout;
        for (Rollout.Change change : rollout.groupEnded(how, by, why, now())) {
            last = save(change);
        }
        return last;
    }

    /**
     * Pauses an imported roll-out that was running, so that no more devices get the version here while the other
     * coordinator may still follow its rules.
     *
     * @param by name of the operator who imports it
     * @return whether it was running
     */
    public boolean pauseIfRunning(ExportedRow imported, String by) {
        if (!imported.text("state").equals(RolloutState.RUNNING.name())) {
            return false;
        }
        Rollout paused = save(rollouts.lock(imported.text("id")).paused(by, IMPORTED_RUNNING, now()));
        return paused.state() == RolloutState.PAUSED;
    }
}
