package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.model.Checkpoints;
import io.evenkeel.coordinator.model.Downlink;
import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.model.Updates;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.retention.MemberVectors;
import io.evenkeel.coordinator.run.Member;
import io.evenkeel.coordinator.run.MemberRepository;
import io.evenkeel.coordinator.run.OpenRoundCache;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RoundSettings;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunPlan;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.wire.RoundUpdate;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/**
 * Closes a frozen round: sums its messages, lets leavers out, steps, and moves the run on, in one final transaction.
 *
 * <p>Everything it works with is in the database and no longer changes, and everything is added in a fixed order. So killed at any
 * instant before the final commit, the next attempt, here or elsewhere, gives the same bits; and after the commit there is nothing
 * left to do.
 */
@Component
class RoundCloser {

    private static final Logger LOG = LoggerFactory.getLogger(RoundCloser.class);

    private final RunRepository runs;
    private final MemberRepository members;
    private final RoundMessages messages;
    private final MemberVectors vectors;
    private final RoundRecords records;
    private final Models models;
    private final Checkpoints checkpoints;
    private final Updates updates;
    private final Downlink downlink;
    private final OpenRoundCache openRounds;
    private final PlanCache plans;
    private final DurableTransactions transactions;
    private final RoundSettings settings;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    RoundCloser(
            RunRepository runs,
            MemberRepository members,
            RoundMessages messages,
            MemberVectors vectors,
            RoundRecords records,
            Models models,
            Checkpoints checkpoints,
            Updates updates,
            Downlink downlink,
            OpenRoundCache openRounds,
            PlanCache plans,
            DurableTransactions transactions,
            RoundSettings settings,
            Clock clock,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.members = members;
        this.messages = messages;
        this.vectors = vectors;
        this.records = records;
        this.models = models;
        this.checkpoints = checkpoints;
        this.updates = updates;
        this.downlink = downlink;
        this.openRounds = openRounds;
        this.plans = plans;
        this.transactions = transactions;
        this.settings = settings;
        this.clock = clock;
        this.events = events;
    }

    /** Says that somebody else has closed the round, ended the run or taken it over in the meantime; nothing was written. */
    static final class SupersededException extends RuntimeException {
        SupersededException(long run, int round) {
            super("round " + round + " of run " + run + " is no longer there to be closed", null, false, false);
        }
    }

    /**
     * Closes a frozen round, or fails the run if its model would no longer be finite.
     *
     * @param epoch that of the lease under which this happens
     * @throws SupersededException if it is not frozen any more
     * @throws CorruptionException if something stored is not what was written
     */
    void close(long id, int round, long epoch) {
        models.onNewest(id, round, model -> {
            RunPlan plan = plans.of(id);
            List<Member> active = transactions.read(() -> members.findActive(id, round));
            RoundTally tally = new RoundTally();
            ClosingTimes times = new ClosingTimes();
            double weight = sum(id, plan, model, active, tally);
            times.summed();
            Optional<StepScale> scale = model.step(plan.algorithm().step(), weight, plan.gamma(round));
            if (scale.isPresent()) {
                RoundRecord record = complete(id, epoch, plan, model, active, tally, scale.get(), times);
                events.publishEvent(new RoundClosed(plan.name(), record, times));
                LOG.debug(
                        "Closed with {} of {} asked in {} ms: sum {} ms, step {} ms, store {} ms",
                        record.participants(),
                        record.sampled(),
                        times.total().toMillis(),
                        times.summing().toMillis(),
                        times.stepping().toMillis(),
                        times.storing().toMillis());
            } else {
                fail(
                        id,
                        round,
                        epoch,
                        "round " + round + " diverged: the model or the sum would no longer be finite; the model of"
                                + " round " + round + " is the last good one; a smaller gamma helps");
                throw new SupersededException(id, round);
            }
            return round;
        });
    }

    /** Ends a run that cannot go on; does nothing if the round has been closed, or the run ended or taken over. */
    void fail(long id, int round, long epoch, String why) {
        transactions.write(() -> {
            Run run = runs.lock(id).orElseThrow();
            if (run.isClosing(round) && run.isLeasedIn(epoch)) {
                LOG.warn("The run has failed: {}", why);
                run.fail(why);
            }
        });
    }

    /** Brings S up to date and returns W. */
    private double sum(long id, RunPlan plan, LiveModel model, List<Member> active, RoundTally tally) {
        model.beginRound();
        messages.addTo(model, id, plan, active, tally);
        requireAll(id, model.round(), tally);
        return plan.retainsSum() ? settleMembers(id, plan, model, active) : tally.weight();
    }

    /** A row that is gone shows in no digest, but in the number that acceptance counted under the run's lock. */
    private void requireAll(long id, int round, RoundTally tally) {
        Run run = transactions.read(() -> runs.findById(id).orElseThrow());
        if (!run.isClosing(round)) {
            throw new SupersededException(id, round);
        }
        if (run.accepted() != tally.messages()) {
            throw new CorruptionException(
                    id,
                    round,
                    CorruptionException.NOBODY,
                    tally.messages() + " messages are stored, but " + run.accepted() + " were accepted");
        }
    }

    /** Takes leavers' parts out of S and changes weights, in the order of the ordinals; returns W of those who stay. */
    private double settleMembers(long id, RunPlan plan, LiveModel model, List<Member> active) {
        double weight = 0;
        for (Member member : active) {
            double next = member.leavesBy(model.round())
                    ? 0
                    : Objects.requireNonNullElse(member.pendingWeight(), member.weight());
            if (next != member.weight() && member.sequence() > 0) {
                model.add(memory(id, plan, member), next - member.weight());
            }
            weight += next;
        }
        if (weight == 0) {
            model.clearSum();
        }
        return weight;
    }

    /** Rebuilds g_i, the sum of everything accepted from a member. */
    private double[] memory(long id, RunPlan plan, Member member) {
        MemberVectors.Wanted wanted = new MemberVectors.Wanted(id, member.id(), member.ordinal(), member.sequence());
        MemberVectors.Vector vector = transactions.read(() -> vectors.rebuild(plan, wanted));
        if (vector.sequence() != member.sequence() || vector.head() != member.head()) {
            throw new CorruptionException(
                    id,
                    member.lastRound(),
                    member.ordinal(),
                    vector.sequence() + " messages are stored, but " + member.sequence() + " were accepted");
        }
        return vector.values();
    }

    private RoundRecord complete(
            long id,
            long epoch,
            RunPlan plan,
            LiveModel model,
            List<Member> active,
            RoundTally tally,
            StepScale scale,
            ClosingTimes times) {
        int round = model.round();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        long served = downlink.take(id, round);
        RoundUpdate update = model.endRound(scale);
        times.stepped();
        try {
            RoundRecord closed = transactions.write(() -> {
                // The big writes come first, so that the run's lock, which acceptance waits for, is held shortly.
                updates.save(id, update, model.accumulated());
                if (isCheckpoint(plan, model.round())) {
                    checkpoints.save(id, model);
                }
                Run run = runs.lock(id).orElseThrow();
                if (!run.isClosing(round) || !run.isLeasedIn(epoch)) {
                    throw new SupersededException(id, round);
                }
                RoundRecord record = record(run, plan, active, tally, scale, now, served);
                records.save(id, record);
                members.findActive(id, round).forEach(Member::settleWeight);
                run.completeRound(now, plan, scale.isStationary());
                return record;
            });
            times.stored();
            return closed;
        } catch (DuplicateKeyException e) {
            // Another holder's update of this round was there first.
            throw new SupersededException(id, round);
        }
    }

    private boolean isCheckpoint(RunPlan plan, int round) {
        return round % settings.checkpointEvery() == 0 || round == plan.rounds();
    }

    private RoundRecord record(
            Run run, RunPlan plan, List<Member> active, RoundTally tally, StepScale scale, Instant now, long served) {
        return new RoundRecord(
                run.round(),
                Objects.requireNonNull(run.openedAt()),
                now,
                tally.participants(),
                openRounds.sampled(run.id(), run.round(), run.extended()).cardinality(),
                active.size(),
                tally.uplinkBytes(),
                served,
                tally.messages() * plan.denseBytes(),
                tally.loss(),
                scale.directionNorm(),
                plan.gamma(run.round()),
                tally.metrics(),
                tally.smoothness(),
                tally.largestSmoothness(),
                tally.normAtLargestSmoothness(),
                run.extended(),
                scale.isStationary());
    }
}
