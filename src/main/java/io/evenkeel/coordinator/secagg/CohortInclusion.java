package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.MemberRepository;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.message.StoredMessage;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.AttemptPhase;
import io.evenkeel.engine.secagg.AttemptRules;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Ends an attempt whose members have revealed: unmasks the sum, and in one transaction under the run's lock stores it, accepts the messages
 * of all its members and freezes the round. So either all members of a cohort are in the sum, or none. Thread-safe.
 */
@Component
class CohortInclusion {

    private static final int MAX_REASON_LENGTH = 500;

    private static final Logger LOG = LoggerFactory.getLogger(CohortInclusion.class);

    private final RunRepository runs;
    private final MemberRepository members;
    private final MemberTable chains;
    private final MessageStore messages;
    private final PlanCache plans;
    private final AttemptTable attempts;
    private final CohortTable cohort;
    private final CohortUnmasking unmasking;
    private final CohortSums sums;
    private final CohortBlame blame;
    private final DurableTransactions transactions;
    private final ApplicationEventPublisher events;

    /** The attempts whose first reveals gave no sum, by the run's key. */
    private final Map<Long, Long> waiting = new ConcurrentHashMap<>();

    CohortInclusion(
            RunRepository runs,
            MemberRepository members,
            MemberTable chains,
            MessageStore messages,
            PlanCache plans,
            AttemptTable attempts,
            CohortTable cohort,
            CohortUnmasking unmasking,
            CohortSums sums,
            CohortBlame blame,
            DurableTransactions transactions,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.members = members;
        this.chains = chains;
        this.messages = messages;
        this.plans = plans;
        this.attempts = attempts;
        this.cohort = cohort;
        this.unmasking = unmasking;
        this.sums = sums;
        this.blame = blame;
        this.transactions = transactions;
        this.events = events;
    }

    /** An attempt with enough reveals, and whether no more can arrive. */
    private record Ready(Attempt attempt, boolean isComplete) {}

    /**
     * Includes the cohort of a run's open attempt if enough of its members have revealed. If some reveals are wrong or
     * missing, waits for the others.
     *
     * @param id the run's key
     * @param epoch the epoch of the run's lease
     */
    AttemptPhases.Progress include(long id, long epoch, Instant now) {
        Optional<Ready> ready = transactions.read(() -> {
            Run run = runs.get(id);
            return attempts.find(id, run.round(), run.current().extended())
                    .filter(attempt -> attempt.phase() == AttemptPhase.REVEAL && attempt.hasEnoughReveals())
                    .map(attempt ->
                            new Ready(attempt, attempt.missing() <= 0 || AttemptRules.isTimeUp(run.current(), now)));
        });
        if (ready.isEmpty()) {
            return AttemptPhases.Progress.NONE;
        }
        Attempt attempt = ready.get().attempt();
        boolean isComplete = ready.get().isComplete();
        if (!isComplete && Objects.equals(waiting.get(id), attempt.id())) {
            return AttemptPhases.Progress.NONE;
        }
        try {
            CohortUnmasking.Unmasked sum = unmasking.unmask(attempt, plans.of(id));
            int[] words = sum.words();
            if (words != null) {
                return end(attempt, epoch, AttemptPhase.DONE, now, run -> {
                    blame.record(run, attempt, sum, now);
                    store(run, attempt, words, sum.members(), now);
                });
            } else if (!isComplete) {
                waiting.put(id, attempt.id());
                return AttemptPhases.Progress.NONE;
            }
            return end(attempt, epoch, AttemptPhase.FAILED, now, run -> {
                String advice = blame.record(run, attempt, sum, now);
                giveUp(run, attempt, sum.lost() + advice, now);
            });
        } catch (WireException e) {
            String why = String.valueOf(e.getMessage());
            return end(attempt, epoch, AttemptPhase.FAILED, now, run -> giveUp(run, attempt, why, now));
        }
    }

    /** Ends an attempt, unless another replica has already done so, or the run was paused or has ended. */
    private AttemptPhases.Progress end(
            Attempt attempt, long epoch, AttemptPhase outcome, Instant now, Consumer<Run> ending) {
        Optional<String> ended = transactions.write(() -> {
            Run run = runs.locked(attempt.run());
            boolean isOpen = run.isLeasedIn(epoch)
                    && run.state() == RunState.RUNNING
                    && !run.current().isClosing()
                    && run.round() == attempt.round()
                    && run.current().extended() == attempt.number();
            if (isOpen) {
                ending.accept(run);
            }
            return isOpen ? Optional.of(run.name()) : Optional.empty();
        });
        ended.ifPresent(run -> events.publishEvent(StepEnded.of(run, attempt, now, outcome)));
        return ended.isPresent() ? AttemptPhases.Progress.FROZEN : AttemptPhases.Progress.NONE;
    }

    private void store(Run run, Attempt attempt, int[] words, List<CohortUnmasking.Included> included, Instant now) {
        List<Integer> ordinals =
                included.stream().map(CohortUnmasking.Included::ordinal).toList();
        Map<Integer, Member> byOrdinal = members.findByRunIdAndOrdinalIn(run.id(), ordinals).stream()
                .collect(Collectors.toMap(Member::ordinal, Function.identity()));
        sums.insert(run.id(), run.round(), included.size(), words);
        List<StoredMessage> accepted = included.stream()
                .map(one -> message(Objects.requireNonNull(byOrdinal.get(one.ordinal())), one, run.round(), now))
                .toList();
        messages.insert(run.id(), accepted);
        chains.append(
                run.id(),
                accepted.stream()
                        .map(message -> new MemberTable.Link(
                                message.member(),
                                message.sequence(),
                                message.digest(),
                                message.round(),
                                message.bytes()))
                        .toList());
        run.current().accept(accepted.size());
        run.current().beginClosing();
        attempts.complete(attempt.id(), now);
        cohort.delete(attempt.id());
    }

    private static StoredMessage message(Member member, CohortUnmasking.Included included, int round, Instant now) {
        return new StoredMessage(
                member.id(),
                member.ordinal(),
                round,
                round,
                included.sequence(),
                included.digest(),
                now,
                included.bytes(),
                null);
    }

    /** Ends the attempt of a skipped round. Works in the caller's transaction, under the run's lock. */
    void skip(Run run, Attempt attempt, Instant now) {
        attempts.fail(attempt.id(), now, "the round is skipped");
        cohort.delete(attempt.id());
        run.current().beginClosing();
    }

    /**
     * Ends an attempt without a sum after its members may have revealed. They take part in no other attempt of the
     * round, so the round closes
     * without messages. Works in the caller's transaction, under the run's lock.
     */
    void giveUp(Run run, Attempt attempt, String why, Instant now) {
        LOG.warn("Round {} of run '{}' closes without messages: {}", run.round(), run.name(), why);
        attempts.fail(attempt.id(), now, why);
        cohort.delete(attempt.id());
        run.loseCohort(now, why.length() > MAX_REASON_LENGTH ? why.substring(0, MAX_REASON_LENGTH) : why);
    }
}
