package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.access.OperatorLineage;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.registry.RolloutTarget;
import io.evenkeel.coordinator.rollout.rule.OpenedGroup;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Changes roll-outs: each change is one transaction that locks the model's row, then the roll-out's, and records its
 * event. So changes by operators, rules and other replicas are serialized. Thread-safe.
 */
@Component
public class RolloutChanges {

    private static final String IMPORTED_RUNNING =
            "it was imported while it was running: resume it once its devices come here and it is stopped there";

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
    void create(Rollout rollout) {
        rollouts.insert(rollout);
        boolean waits = rollout.state() == RolloutState.WAITING;
        save(rollout, waits ? RolloutEventType.WAITING : RolloutEventType.STARTED, null, rollout.createdBy(), null);
    }

    /**
     * Changes a roll-out under its locks.
     *
     * @param change returns the same object if there is nothing to change
     */
    void change(String id, UnaryOperator<Rollout> change) {
        String model = transactions.read(() -> rollouts.get(id)).model();
        transactions.write(() -> {
            target.lock(model);
            return change.apply(rollouts.lock(id));
        });
    }

    /** Writes a roll-out and an event of it; in {@link #change}. */
    Rollout save(
            Rollout rollout,
            RolloutEventType type,
            @Nullable Integer group,
            @Nullable String by,
            @Nullable String detail) {
        Rollout next = rollout.withEvent();
        rollouts.update(next);
        RolloutEvent event = new RolloutEvent(
                next.id(),
                next.events(),
                type,
                next.model(),
                next.alias(),
                next.version(),
                group == null ? null : group + 1,
                now(),
                by,
                detail);
        events.insert(event);
        listeners.forEach(listener -> listener.happened(event));
        return next;
    }

    /**
     * Starts a roll-out that waits for approval; in {@link #change}.
     *
     * @throws ProblemException {@code second-operator-needed} if the approver may be the same person as the creator
     */
    Rollout approve(Rollout rollout, String by) {
        String creator = rollout.createdBy();
        operators.samePerson(creator, by).ifPresent(why -> {
            throw ProblemKind.SECOND_OPERATOR_NEEDED.because(
                    "roll-out " + rollout.id() + " was created by '" + creator + "': " + why,
                    "another operator approves it, with a token that neither has made; or stop it and create it again");
        });
        return save(
                rollout.approved(by).in(RolloutState.RUNNING, null, now()), RolloutEventType.STARTED, null, by, null);
    }

    /** Pauses it; in {@link #change}. */
    Rollout pause(Rollout rollout, @Nullable String by, String why) {
        return save(rollout.in(RolloutState.PAUSED, why, now()), RolloutEventType.PAUSED, rollout.group(), by, why);
    }

    /** Resumes it, and restarts the time of its open group; in {@link #change}. */
    Rollout resume(Rollout rollout, String by) {
        groups.find(rollout.id(), rollout.group())
                .ifPresent(open -> groups.update(
                        rollout.id(), open.until(now().plus(rollout.definition().groupTime()))));
        return save(rollout.in(RolloutState.RUNNING, null, now()), RolloutEventType.RESUMED, rollout.group(), by, null);
    }

    /** Stops it; the alias has never moved, so devices return to the alias's version. In {@link #change}. */
    Rollout stop(Rollout rollout, @Nullable String by, String why) {
        Integer group = rollout.startedAt() == null ? null : rollout.group();
        return save(rollout.in(RolloutState.STOPPED, why, now()), RolloutEventType.STOPPED, group, by, why);
    }

    /** Ends the open group, and allows the next one to open, or moves the alias after the last one; in {@link #change}. */
    Rollout endGroup(Rollout rollout, OpenedGroup.State how, @Nullable String by, @Nullable String why) {
        OpenedGroup open = groups.find(rollout.id(), rollout.group()).orElseThrow();
        groups.update(rollout.id(), open.ended(how, now()));
        boolean skipped = how == OpenedGroup.State.SKIPPED;
        Rollout next = save(
                rollout.atGroup(rollout.group() + 1).in(RolloutState.RUNNING, null, now()),
                skipped ? RolloutEventType.GROUP_SKIPPED : RolloutEventType.GROUP_PASSED,
                rollout.group(),
                by,
                why);
        return next.group() < next.definition().groups().size() ? next : finish(next, by);
    }

    private Rollout finish(Rollout rollout, @Nullable String by) {
        target.move(
                rollout.model(),
                rollout.alias(),
                rollout.version(),
                "roll-out " + rollout.id() + " has finished",
                by == null ? rollout.createdBy() : by);
        return save(rollout.in(RolloutState.FINISHED, null, now()), RolloutEventType.FINISHED, null, by, null);
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
        Rollout paused = pause(rollouts.lock(imported.text("id")), by, IMPORTED_RUNNING);
        return paused.state() == RolloutState.PAUSED;
    }
}
