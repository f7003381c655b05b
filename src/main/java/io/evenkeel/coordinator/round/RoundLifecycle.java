package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.message.DecodedMessageCache;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.platform.KeyedLocks;
import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.CorruptionHandler;
import io.evenkeel.coordinator.run.Member;
import io.evenkeel.coordinator.run.MemberRepository;
import io.evenkeel.coordinator.run.OpenRoundCache;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunPlan;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunState;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/**
 * Moves runs from round to round: freezes an open round that is due, closes it, and looks at the next.
 *
 * <p>In two steps, each a transaction: freezing fixes which messages are in the round, whatever happens next; closing computes what
 * follows from them, both under the run's lease. Acceptance goes on between the two for every other run. Thread-safe; a run is closed by one thread at a time.
 */
@Component
public class RoundLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(RoundLifecycle.class);

    private final RunRepository runs;
    private final MemberRepository members;
    private final RoundCloser closing;
    private final DecodedMessageCache decodedMessages;
    private final OpenRoundCache openRounds;
    private final Models models;
    private final RunMemory memory;
    private final Leases leases;
    private final CorruptionHandler damage;
    private final PlanCache plans;
    private final DurableTransactions transactions;
    private final Clock clock;
    private final KeyedLocks<ReentrantLock> locks = new KeyedLocks<>(ReentrantLock::new);

    RoundLifecycle(
            RunRepository runs,
            MemberRepository members,
            RoundCloser closing,
            DecodedMessageCache decodedMessages,
            OpenRoundCache openRounds,
            Models models,
            RunMemory memory,
            Leases leases,
            CorruptionHandler damage,
            PlanCache plans,
            DurableTransactions transactions,
            Clock clock) {
        this.runs = runs;
        this.members = members;
        this.closing = closing;
        this.decodedMessages = decodedMessages;
        this.openRounds = openRounds;
        this.models = models;
        this.memory = memory;
        this.leases = leases;
        this.damage = damage;
        this.plans = plans;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Rebuilds the states of runs that are under way, so that a start tells at once if one cannot be. Memory goes to the oldest
     * first; running runs that do not fit are paused.
     */
    void rebuild() {
        List<Run> underWay = transactions.read(runs::findAllByOrderByIdDesc).stream()
                .filter(run -> run.state().hasOpenRound())
                .sorted(Comparator.comparingLong(Run::id))
                .toList();
        for (Run run : underWay) {
            try {
                if (run.state() == RunState.PAUSED || fits(run.id())) {
                    models.onNewest(run.id(), run.round(), model -> model);
                }
            } catch (ProblemException e) {
                LOG.warn("The model of paused run {} was not looked at: {}", run.name(), e.detail());
            } catch (RuntimeException e) {
                LOG.error("The model of run {} cannot be rebuilt: restore the database from a backup", run.name(), e);
            }
        }
    }

    /** Returns the keys of the runs whose open round may be due, and frees the memory of all others. */
    public List<Long> due() {
        Map<Long, Long> kept = memory.kept();
        List<Long> due = transactions.read(runs::findDue);
        models.keepOnly(due);
        decodedMessages.keepOnly(due);
        kept.keySet().removeAll(due);
        kept.forEach(memory::release);
        return due;
    }

    /**
     * Makes sure that a run under way has its memory here. Where it does not fit, as after a restart with a smaller heap, it is paused
     * with the reason, unless another coordinator has its lease.
     *
     * @return whether it has
     */
    private boolean fits(long id) {
        try {
            memory.keep(id, plans.of(id));
            return true;
        } catch (ProblemException e) {
            OptionalLong epoch = leases.hold(id);
            if (epoch.isPresent()) {
                pause(id, epoch.getAsLong(), e);
            }
            return false;
        }
    }

    private void pause(long id, long epoch, ProblemException why) {
        boolean paused = transactions.write(() -> {
            Run run = runs.lock(id).orElseThrow();
            boolean isOurs = run.state() == RunState.RUNNING && run.isLeasedIn(epoch);
            if (isOurs) {
                run.pause(
                        clock.instant().truncatedTo(ChronoUnit.MILLIS),
                        "paused by the coordinator: " + why.detail() + "; " + why.action() + ", then resume the run");
            }
            return isOurs;
        });
        if (paused) {
            LOG.warn("Run {} is paused: {}; {}", plans.of(id).name(), why.detail(), why.action());
        }
    }

    /**
     * Closes a run's round if it is due, and the next ones if they are; does nothing if another coordinator has the run's lease.
     *
     * @return whether anything changed
     */
    public boolean advance(long id) {
        return locks.using(id, lock -> {
            lock.lock();
            try {
                return advanceLocked(id);
            } finally {
                lock.unlock();
            }
        });
    }

    private boolean advanceLocked(long id) {
        boolean changed = false;
        Step step = freezeIfDue(id);
        while (step.frozen() != null && close(id, step.frozen())) {
            changed = true;
            step = freezeIfDue(id);
        }
        return changed || step.extended();
    }

    /**
     * What freezing came to.
     *
     * @param frozen the round that is frozen and is to be closed
     * @param extended whether the open round was given more time instead
     */
    private record Step(@Nullable Frozen frozen, boolean extended) {
        static final Step NONE = new Step(null, false);
    }

    /**
     * A round to be closed.
     *
     * @param round the round
     * @param epoch that of the lease under which it is closed
     */
    private record Frozen(int round, long epoch) {}

    private Step freezeIfDue(long id) {
        Run seen = transactions.read(() -> runs.findById(id).orElseThrow());
        if (seen.state().isOver()) {
            models.forget(id);
            memory.release(id);
            openRounds.forget(id);
            leases.drop(id);
            return Step.NONE;
        }
        boolean due = seen.isClosing() || (seen.state() == RunState.RUNNING && mayBeDue(seen));
        OptionalLong epoch = due && fits(id) ? leases.hold(id) : OptionalLong.empty();
        if (epoch.isEmpty()) {
            return Step.NONE;
        }
        return seen.isClosing()
                ? new Step(new Frozen(seen.round(), epoch.getAsLong()), false)
                : transactions.write(() -> freeze(id, epoch.getAsLong()));
    }

    /** Spares reading all members after each message: with fewer answers than are asked for, only time closes a round. */
    private boolean mayBeDue(Run run) {
        RunPlan plan = plans.of(run);
        Instant deadline = run.deadline();
        boolean timeIsUp = deadline != null && !clock.instant().isBefore(deadline);
        int asked = openRounds.sampled(run.id(), run.round(), run.extended()).cardinality();
        return timeIsUp
                || run.accepted() >= plan.maxParticipants()
                || (run.accepted() >= plan.minParticipants()
                        && (run.extended() > 0
                                || run.accepted() + members.countLeavers(run.id(), run.round()) >= asked));
    }

    private Step freeze(long id, long epoch) {
        Run run = runs.lock(id).orElseThrow();
        if (!run.isLeasedIn(epoch)) {
            leases.drop(id);
            return Step.NONE;
        }
        if (!run.state().hasOpenRound()) {
            return Step.NONE;
        }
        RunPlan plan = plans.of(run);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<Member> active = members.findActive(id, run.round());
        ClosingRule.Verdict verdict =
                ClosingRule.judge(run, plan, active, openRounds.sampled(id, run.round(), run.extended()), now);
        return switch (verdict) {
            case WAIT -> Step.NONE;
            case CLOSE -> {
                run.beginClosing();
                yield new Step(new Frozen(run.round(), epoch), false);
            }
            case EXTEND -> {
                run.extend(now, plan.maxTime());
                members.findPresent(id, run.round()).forEach(member -> member.admit(run.round()));
                yield new Step(null, true);
            }
        };
    }

    /** Returns whether there may be more to close; not if the round turned out to be somebody else's. */
    private boolean close(long id, Frozen frozen) {
        MDC.put("run", plans.of(id).name());
        MDC.put("round", Integer.toString(frozen.round()));
        try {
            closing.close(id, frozen.round(), frozen.epoch());
            return true;
        } catch (RoundCloser.SupersededException e) {
            models.forget(id);
            leases.drop(id);
            return false;
        } catch (CorruptionException e) {
            damage.stop(e);
            return true;
        } finally {
            MDC.remove("run");
            MDC.remove("round");
        }
    }
}
