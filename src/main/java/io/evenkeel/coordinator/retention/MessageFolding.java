package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.chain.ChainTable;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.member.MemberTable.Unneeded;
import io.evenkeel.coordinator.message.FoldedMessages;
import io.evenkeel.coordinator.message.FoldedMessages.Fold;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.message.IncludedMessage;
import io.evenkeel.engine.retention.CompactionStep;
import io.evenkeel.engine.retention.RetentionRules;
import io.evenkeel.engine.run.Run;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/**
 * Deletes the rows of messages in old rounds. The data that an audit needs is kept: the round's record, and the hash of
 * its messages in the run's chain, which is checked before the first message is deleted.
 *
 * <p>A row is kept while its payload is not compacted, and while it is its member's last one: a device may resend that
 * message, and it marks the end of the member's chain. Such a row is deleted later, together with its member's next
 * message in an old round, or when the member's messages are compacted. So each row is examined once or twice. A run
 * keeps the rows of its newest rounds, and for each member the last row and those that are not compacted.
 *
 * <p>A step covers about two thousand messages or a hundred rounds, holds no run's lock, and can safely be interrupted
 * or repeated. Thread-safe.
 */
@Component
class MessageFolding {

    private static final int ROUNDS_A_STEP = 100;

    private final FoldedMessages folded;
    private final MemberTable members;
    private final MessageStore messages;
    private final ChainTable chains;
    private final DurableTransactions transactions;
    private final RetentionRules rules;

    MessageFolding(
            FoldedMessages folded,
            MemberTable members,
            MessageStore messages,
            ChainTable chains,
            DurableTransactions transactions,
            RetentionSettings settings) {
        this.folded = folded;
        this.members = members;
        this.messages = messages;
        this.chains = chains;
        this.transactions = transactions;
        this.rules = settings.rules();
    }

    /**
     * Performs one step for a run. If no sum persists, the payloads of all closed rounds must be dropped first.
     *
     * @return whether there may be more to do
     * @throws IllegalStateException if the stored messages of a round differ from those that were added; they are not
     *     deleted
     */
    boolean step(Run run, ValidatedPlan plan) {
        int end = rules.rowsKeptFrom(run.openRound(), plan.staleness());
        if (transactions.read(() -> folded.of(run.id())).round() >= end) {
            return false;
        }
        try {
            return transactions.write(() -> fold(run, plan, end));
        } catch (DuplicateKeyException e) {
            // Another coordinator has just started folding this run.
            return true;
        }
    }

    private boolean fold(Run run, ValidatedPlan plan, int end) {
        Fold from = folded.lock(run.id()).orElseGet(() -> {
            folded.begin(run.id());
            return Fold.NONE;
        });
        int to = Math.min(end, from.round() + ROUNDS_A_STEP);
        Map<Integer, String> hashes = chains.messages(run.id(), from.round(), to);
        int round = from.round();
        int ordinal = from.ordinal();
        long deleted = 0;
        int left = CompactionStep.MESSAGES;
        while (round < to && left > 0) {
            if (ordinal < 0) {
                requireAdded(run, round, hashes.get(round));
            }
            List<Unneeded> senders = folded.sendersIn(run.id(), round, ordinal, hasSnapshots(plan), left);
            int last = senders.isEmpty()
                    ? ordinal
                    : senders.get(senders.size() - 1).ordinal();
            deleted += folded.delete(senders, new Fold(round, last, 0));
            boolean isDone = senders.size() < left;
            left -= senders.size();
            ordinal = isDone ? -1 : last;
            round += isDone ? 1 : 0;
        }
        folded.save(run.id(), new Fold(round, ordinal, from.messages() + deleted));
        return true;
    }

    /** Compares a round's messages with their hash in the chain. Rounds that an earlier version closed have no hash. */
    private void requireAdded(Run run, int round, @Nullable String hash) {
        if (hash != null
                && !IncludedMessage.hash(messages.listIn(run.id(), round)).equals(hash)) {
            throw new IllegalStateException("round " + round + " of run '" + run.name()
                    + "': the stored messages are not those that were added, and are kept; audit the run");
        }
    }

    /**
     * Deletes members' rows in folded rounds after their messages have been compacted. Works in the
     * transaction of the compaction.
     */
    void compacted(Run run, ValidatedPlan plan, List<Long> compacted) {
        folded.lock(run.id()).ifPresent(fold -> {
            int deleted = folded.delete(
                    members.unneeded(compacted, hasSnapshots(plan)).values(), fold);
            folded.save(run.id(), new Fold(fold.round(), fold.ordinal(), fold.messages() + deleted));
        });
    }

    /**
     * Returns whether a row is kept until its payload is compacted. With secure aggregation, messages have no payloads.
     */
    private static boolean hasSnapshots(ValidatedPlan plan) {
        return plan.retainsSum() && plan.secureAggregation() == null;
    }
}
