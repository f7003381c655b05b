package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.definition.StopConditions;
import io.evenkeel.coordinator.definition.ValidatedPlan;
import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.draw.SkippedRounds;
import io.evenkeel.coordinator.member.DatasetSpending;
import io.evenkeel.coordinator.round.record.RoundRecord;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.secagg.HostileSearch;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Gathers the figures of a closed round by which a run stops or pauses. Thread-safe. */
@Component
class ClosedRoundFigures {

    private static final int MAX_ROUNDS_READ = 100;

    /** A multiple of the lost rounds after which a run pauses. */
    private static final int MAX_SEARCHED_ROUNDS = 21;

    private final RoundRecords records;
    private final OpenRoundCache openRounds;
    private final DatasetSpending spending;
    private final HostileSearch search;
    private final SkippedRounds skipped;

    ClosedRoundFigures(
            RoundRecords records,
            OpenRoundCache openRounds,
            DatasetSpending spending,
            HostileSearch search,
            SkippedRounds skipped) {
        this.records = records;
        this.openRounds = openRounds;
        this.spending = spending;
        this.search = search;
        this.skipped = skipped;
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

    /**
     * Returns the largest privacy cost of a member. Reads the chains of all members. No message is accepted while the round is frozen, so
     * the run's lock is not needed.
     */
    @Nullable
    Double mostSpent(long run) {
        return spending.mostSpent(run);
    }

    /** Returns 0 while the search for who sent wrong shares, which loses rounds, is under way and has not lost too many. */
    private int countedVoidRounds(Run run, RoundRecord record) {
        int rounds = voidRounds(run, record);
        return rounds > 0 && rounds < MAX_SEARCHED_ROUNDS && search.isUnderWay(run) ? 0 : rounds;
    }

    /** Returns how many rounds up to this one, one after another, had no messages; none if this one is skipped. */
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
