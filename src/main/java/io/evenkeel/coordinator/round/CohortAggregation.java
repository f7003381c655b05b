package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.draw.SkippedRounds;
import io.evenkeel.coordinator.member.MemberRepository;
import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.model.LiveModel;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.secagg.CohortSums;
import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.definition.SecureAggregationTerms;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.message.IncludedMessage;
import io.evenkeel.engine.round.RoundTally;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Adds the sum of a cohort instead of messages, which the coordinator cannot read. The messages of a member that has
 * left cannot be subtracted from S, so they stay until the sum starts from zero. Thread-safe.
 */
@Component
class CohortAggregation {

    private final MessageStore receipts;
    private final CohortSums sums;
    private final MemberRepository members;
    private final RoundMembers counts;
    private final SkippedRounds skipped;
    private final DurableTransactions transactions;

    CohortAggregation(
            MessageStore receipts,
            CohortSums sums,
            MemberRepository members,
            RoundMembers counts,
            SkippedRounds skipped,
            DurableTransactions transactions) {
        this.receipts = receipts;
        this.sums = sums;
        this.members = members;
        this.counts = counts;
        this.skipped = skipped;
        this.transactions = transactions;
    }

    /**
     * Adds the sum of a model's round.
     *
     * @param model the model, used only by this thread, with the round started
     * @param tally receives the receipts and the loss
     * @throws CorruptionException if the stored sum is damaged
     */
    void addTo(LiveModel model, long run, ValidatedPlan plan, RoundTally tally) {
        int round = model.round();
        if (terms(plan).rebases().clearsSum(round)) {
            model.clearSum();
        }
        transactions.read(() -> {
            List<IncludedMessage> entries = receipts.listIn(run, round);
            Optional<CohortSums.CohortSum> sum = sums.find(run, round, plan);
            int added = sum.map(CohortSums.CohortSum::members).orElse(0);
            if (added != entries.size()) {
                throw new CorruptionException(
                        run,
                        round,
                        CorruptionException.NOBODY,
                        "the sum is of " + added + " members, but " + entries.size() + " messages were accepted");
            }
            tally.receipts(entries);
            if (skipped.contains(run, round)) {
                tally.skip();
            }
            for (IncludedMessage entry : entries) {
                tally.add(entry.ordinal(), 1, entry.sequence(), Report.of(1), entry.bytes());
            }
            sum.ifPresent(found -> {
                model.add(List.of(new LiveModel.Weighted(found.delta(), 1)));
                found.loss().ifPresent(loss -> tally.addLoss(loss, found.reporters()));
            });
            return tally;
        });
    }

    /** Returns W: the number of members that stay, plus those that left but are still part of S. */
    double weight(long run, int round, ValidatedPlan plan) {
        int since = terms(plan).epochStart(round);
        return transactions.read(() -> {
            int staying = counts.count(run, round) - counts.leavers(run, round).cardinality();
            return (double) staying + members.countLeftSince(run, round, since);
        });
    }

    private static SecureAggregationTerms terms(ValidatedPlan plan) {
        return Objects.requireNonNull(plan.secureAggregation());
    }
}
