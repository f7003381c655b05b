package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.model.Downlink;
import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.coordinator.model.Models;
import io.evenkeel.coordinator.model.RoundChange;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.round.RoundRecord;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;

/**
 * Closes a frozen round: aggregates its messages, takes the step, and commits the outcome.
 *
 * <p>All inputs are in the database and no longer change, and all values are added in a fixed order. So if the process
 * crashes at any point before the commit, the next attempt, here or on another coordinator, gives the same bits. After
 * the commit there is nothing
 * left to do. Thread-safe.
 */
@Component
class RoundCloser {

    private static final Logger LOG = LoggerFactory.getLogger(RoundCloser.class);

    private final Models models;
    private final PlanCache plans;
    private final RoundAggregation aggregation;
    private final RoundCommit commit;
    private final Downlink downlink;
    private final UpstreamRounds upstream;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    RoundCloser(
            Models models,
            PlanCache plans,
            RoundAggregation aggregation,
            RoundCommit commit,
            Downlink downlink,
            UpstreamRounds upstream,
            Clock clock,
            ApplicationEventPublisher events) {
        this.models = models;
        this.plans = plans;
        this.aggregation = aggregation;
        this.commit = commit;
        this.downlink = downlink;
        this.upstream = upstream;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Closes a frozen round, or fails the run if its model would no longer be finite.
     *
     * @return whether it is closed; false if the upstream run has not given the next model yet
     * @throws RoundSupersededException if the round is no longer frozen, or the run has failed
     * @throws CorruptionException if stored data is damaged
     */
    boolean close(FrozenRound frozen) {
        ValidatedPlan plan = plans.of(frozen.run());
        if (!plan.followsUpstream()) {
            return models.onNewest(frozen.run(), frozen.round(), model -> close(frozen, plan, model, null));
        }
        double[] next = upstream.next(frozen.run(), frozen.round());
        if (next == null && upstream.hasSum(frozen.run(), frozen.round())) {
            return false;
        }
        return models.onNewest(
                frozen.run(),
                frozen.round(),
                model -> next == null ? offer(frozen, plan, model) : close(frozen, plan, model, next));
    }

    /** Provides the sum of the round's members, and leaves the model unchanged. */
    private boolean offer(FrozenRound frozen, ValidatedPlan plan, LiveModel model) {
        LiveModel copy = model.withCopiedSum(plan);
        RoundAggregation.Aggregate aggregate = aggregation.addTo(copy, frozen, plan);
        upstream.offer(frozen.run(), UpstreamRounds.Sum.of(frozen.round(), copy.sum(), aggregate));
        return false;
    }

    /**
     * @param next x^{k+1} of the upstream run; null to take a step
     */
    private boolean close(FrozenRound frozen, ValidatedPlan plan, LiveModel model, double @Nullable [] next) {
        ClosingTimes times = new ClosingTimes();
        RoundAggregation.Aggregate aggregate = aggregation.addTo(model, frozen, plan);
        times.summed();
        Optional<StepScale> scale =
                next == null ? step(model, frozen.round(), plan, aggregate) : model.takeOver(next, aggregate.weight());
        if (scale.isEmpty()) {
            commit.diverge(frozen, now(), diverged(frozen.round()));
            throw new RoundSupersededException(frozen);
        }
        Instant now = now();
        long served = downlink.take(frozen.run(), frozen.round());
        RoundChange change = model.endRound(scale.get());
        times.stepped();
        RoundRecord record = commit.complete(
                frozen, plan, model, new RoundCommit.Outcome(aggregate, scale.get(), change, now, served));
        times.stored();
        if (next != null) {
            upstream.forget(frozen.run());
        }
        events.publishEvent(new RoundClosed(plan.name(), record, times));
        log(record, times);
        return true;
    }

    private static Optional<StepScale> step(
            LiveModel model, int round, ValidatedPlan plan, RoundAggregation.Aggregate aggregate) {
        return aggregate.tally().isSkipped()
                ? Optional.of(model.stay(aggregate.weight()))
                : model.step(input(round, plan, aggregate));
    }

    private static StepInput input(int round, ValidatedPlan plan, RoundAggregation.Aggregate aggregate) {
        Double loss = aggregate.tally().loss();
        return new StepInput(
                aggregate.weight(),
                plan.gamma(round),
                loss == null ? Double.NaN : loss,
                aggregate.tally().losses(),
                plan.retainsSum() ? aggregate.left(round) : Double.NaN,
                aggregate.tally().slope(),
                aggregate.tally().slopeChange());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static String diverged(int round) {
        return "round " + round + " diverged: the model or the sum would no longer be finite; the model of round "
                + round + " is the last good one; try a smaller gamma";
    }

    private static void log(RoundRecord record, ClosingTimes times) {
        LOG.debug(
                "Closed with {} of {} asked in {} ms: sum {} ms, step {} ms, store {} ms",
                record.participants(),
                record.sampled(),
                times.total().toMillis(),
                times.summing().toMillis(),
                times.stepping().toMillis(),
                times.storing().toMillis());
    }
}
