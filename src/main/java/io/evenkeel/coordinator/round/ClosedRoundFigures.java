package io.evenkeel.coordinator.round;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.draw.SkippedRounds;
import io.evenkeel.coordinator.member.DatasetSpending;
import io.evenkeel.coordinator.member.Member;
import io.evenkeel.coordinator.member.MemberRepository;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.LossTrends;
import io.evenkeel.coordinator.secagg.HostileSearch;
import io.evenkeel.engine.definition.LossTrend;
import io.evenkeel.engine.definition.StopConditions;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.round.LossCheck;
import io.evenkeel.engine.round.RoundRecord;
import io.evenkeel.engine.round.RoundTally;
import io.evenkeel.engine.run.Run;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Collects the figures of a closed round that may stop or pause a run. Thread-safe. */
@Component
class ClosedRoundFigures {

    private static final int MAX_ROUNDS_READ = 100;

    /** The number of consecutive lost rounds after which a run pauses even while a search is in progress. */
    private static final int MAX_SEARCHED_ROUNDS = 21;

    private static final int MAX_CHECKED_RUNS = 1_000;
    private static final int MAX_NAMED = 5;

    private final RoundRecords records;
    private final OpenRoundCache openRounds;
    private final DatasetSpending spending;
    private final HostileSearch search;
    private final SkippedRounds skipped;
    private final MemberRepository members;
    private final LossTrends trends;
    private final Cache<Long, LossCheck> losses =
            Caffeine.newBuilder().maximumSize(MAX_CHECKED_RUNS).build();

    ClosedRoundFigures(
            RoundRecords records,
            OpenRoundCache openRounds,
            DatasetSpending spending,
            HostileSearch search,
            SkippedRounds skipped,
            MemberRepository members,
            LossTrends trends) {
        this.records = records;
        this.openRounds = openRounds;
        this.spending = spending;
        this.search = search;
        this.skipped = skipped;
        this.members = members;
        this.trends = trends;
    }

    /** Returns the figures of a run's open round, whose record is complete. Works in the caller's transaction. */
    StopConditions.ClosedRound of(Run run, ValidatedPlan plan, RoundRecord record, RoundTally tally) {
        return new StopConditions.ClosedRound(
                record.round(),
                record.loss(),
                record.metrics(),
                record.uplinkBytes() + record.downlinkBytes(),
                Duration.between(Objects.requireNonNull(run.startedAt()), record.closedAt()),
                tally.newestMessage(),
                plan.maxMessages(),
                openRounds.sampled(run).intersects(spending.spent(run.id())),
                plan.secureAggregation() == null ? 0 : countedVoidRounds(run, record));
    }

    /** Adds a closed round's loss to the run's losses, and returns them. Works in the caller's transaction. */
    LossTrend trend(Run run, ValidatedPlan plan, RoundRecord record, RoundAggregation.Aggregate aggregate) {
        double answered = record.members() == 0 ? 1 : (double) record.participants() / record.members();
        LossTrend trend =
                trends.of(run.id()).after(record.round(), record.loss(), answered, weights(plan, record, aggregate));
        trends.save(run.id(), trend);
        return trend;
    }

    /** Returns the total weight of the members, or their number if W does not cover all of them. */
    private static LossTrend.Weights weights(
            ValidatedPlan plan, RoundRecord record, RoundAggregation.Aggregate aggregate) {
        boolean isWeighted = plan.retainsSum() && plan.secureAggregation() == null;
        double difference = 0;
        double changing = 0;
        for (Member member : aggregate.changing()) {
            double now = isWeighted ? member.weight() : 1;
            double next =
                    isWeighted ? member.weightAfter(record.round(), false) : member.leavesBy(record.round()) ? 0 : 1;
            double change = next - now;
            difference += change;
            changing += Math.abs(change);
        }
        double after = isWeighted ? aggregate.weight() : record.members() + difference;
        return new LossTrend.Weights(after - difference, changing, after);
    }

    /**
     * Returns the members whose losses are found in this round to be inconsistent with their gradients, with advice;
     * null if there are none. Works in the caller's transaction, and under the run's lock.
     *
     * @param stepLength ||x^(k+1) - x^k||
     */
    @Nullable
    String inconsistentLosses(Run run, RoundTally tally, double stepLength) {
        if (tally.reports().isEmpty()) {
            return null;
        }
        List<Integer> found = Objects.requireNonNull(losses.get(run.id(), id -> new LossCheck()))
                .add(run.round(), tally.reports(), stepLength);
        if (found.isEmpty()) {
            return null;
        }
        String clients =
                members.findByRunIdAndOrdinalIn(run.id(), found.subList(0, Math.min(found.size(), MAX_NAMED))).stream()
                        .map(Member::clientId)
                        .collect(Collectors.joining(", "));
        return "the losses of " + found.size() + " of " + tally.participants()
                + " members do not match their gradients, for instance because the loss is a sum over samples, but the"
                + " gradient is a mean: "
                + clients
                + (found.size() > MAX_NAMED ? ", ..." : "")
                + "; this run's steps do not use the loss, but the curve, targets, patience and divergence do: let"
                + " these devices report the mean of the function whose gradient they send";
    }

    /**
     * Returns the largest privacy cost of a member. Reads the chains of all members. No message is accepted while the round is frozen, so
     * the run's lock is not needed.
     */
    @Nullable
    Double mostSpent(long run) {
        return spending.mostSpent(run);
    }

    /** Returns 0 while a search for the senders of wrong shares, which loses rounds, is in progress and has not lost too many. */
    private int countedVoidRounds(Run run, RoundRecord record) {
        int rounds = voidRounds(run, record);
        return rounds > 0 && rounds < MAX_SEARCHED_ROUNDS && search.isUnderWay(run) ? 0 : rounds;
    }

    /** Returns the number of consecutive rounds without messages up to this one; 0 if this one is skipped. */
    private int voidRounds(Run run, RoundRecord record) {
        if (!isVoid(run, record)) {
            return 0;
        }
        int from = Math.max(0, record.round() - MAX_ROUNDS_READ);
        List<RoundRecord> before = records.list(run.id(), from, record.round() - from);
        int first = before.size();
        while (first > 0 && isVoid(run, before.get(first - 1))) {
            first--;
        }
        return before.size() - first + 1;
    }

    private boolean isVoid(Run run, RoundRecord record) {
        return record.participants() == 0 && !skipped.contains(run.id(), record.round());
    }
}
