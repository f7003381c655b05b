package io.evenkeel.coordinator.secagg;

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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Ends an attempt whose members have revealed. Unmasks the sum; then, in one transaction under the run's lock, stores
 * the sum, accepts the messages of all its members and freezes the round. So either all members of a cohort are in the
 * sum, or none. Thread-safe.
 */
@Component
class CohortInclusion {

    private static final int MAX_REASON_LENGTH = 500;

    private static final Logger LOG = LoggerFactory.getLogger(CohortInclusion.class);

    private final RunRepository runs;
    private final PlanCache plans;
    private final AttemptTable attempts;
    private final CohortTable cohort;
    private final CohortUnmasking unmasking;
    private final CohortAcceptance acceptance;
    private final CohortBlame blame;
    private final DurableTransactions transactions;
    private final ApplicationEventPublisher events;

    /** The attempts whose first reveals did not give a sum, by the run's key. */
    private final Map<Long, Long> waiting = new ConcurrentHashMap<>();

    CohortInclusion(
            RunRepository runs,
            PlanCache plans,
            AttemptTable attempts,
            CohortTable cohort,
            CohortUnmasking unmasking,
            CohortAcceptance acceptance,
            CohortBlame blame,
            DurableTransactions transactions,
            ApplicationEventPublisher events) {
        this.runs = runs;
        this.plans = plans;
        this.attempts = attempts;
        this.cohort = cohort;
        this.unmasking = unmasking;
        this.acceptance = acceptance;
        this.blame = blame;
        this.transactions = transactions;
        this.events = events;
    }

    /** An attempt with enough reveals; complete if it will not wait for more. */
    private record Ready(Attempt attempt, boolean isComplete) {}

    /**
     * Includes the cohort of a run's open attempt if enough of its members have revealed. If these reveals do not give
     * a sum, waits for the remaining ones.
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
                    acceptance.store(run, words, sum.members(), now);
                    run.current().beginClosing();
                    attempts.complete(attempt.id(), now);
                    cohort.delete(attempt.id());
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

    /** Frees the memory kept for a run that is over. */
    void forget(long run) {
        waiting.remove(run);
        unmasking.forget(run);
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

    /** Ends the attempt of a skipped round. Works in the caller's transaction, under the run's lock. */
    void skip(Run run, Attempt attempt, Instant now) {
        attempts.fail(attempt.id(), now, "the round is skipped");
        cohort.delete(attempt.id());
        run.current().beginClosing();
    }

    /**
     * Ends an attempt without a sum after its members may have revealed. They cannot take part in another attempt of
     * the round, so the round closes without messages. Works in the caller's transaction, under the run's lock.
     */
    void giveUp(Run run, Attempt attempt, String why, Instant now) {
        LOG.warn("Round {} of run '{}' closes without messages: {}", run.round(), run.name(), why);
        attempts.fail(attempt.id(), now, why);
        cohort.delete(attempt.id());
        run.loseCohort(now, why.length() > MAX_REASON_LENGTH ? why.substring(0, MAX_REASON_LENGTH) : why);
    }
}
