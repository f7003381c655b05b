package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.member.SnapshotStore;
import io.evenkeel.coordinator.member.SnapshotStore.Candidate;
import io.evenkeel.coordinator.member.SnapshotStore.Snapshot;
import io.evenkeel.coordinator.message.MessagePayloads;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.StoredBytes.Placed;
import io.evenkeel.coordinator.retention.MemberVectors.Vector;
import io.evenkeel.coordinator.retention.MemberVectors.Wanted;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.run.Run;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Drops the payloads of accepted messages that are no longer needed; the rows stay for {@link MessageFolding}.
 *
 * <p>If S persists, a member's messages of closed rounds are added to its snapshot g_i once they are larger than it,
 * and dropped in the same transaction. The messages of a member that has left are dropped, unless its g_i stays in S.
 * If S does not persist, all messages of a closed round are dropped. Each step covers one member or a hundred rounds,
 * holds no run's lock, and can safely be interrupted or repeated.
 * Thread-safe.
 */
@Component
class MessageCompaction {

    private static final int MESSAGES_A_STEP = 1000;
    private static final int ROUNDS_A_STEP = 100;

    private final MemberVectors vectors;
    private final SnapshotStore snapshots;
    private final MessagePayloads payloads;
    private final MessageFolding folding;
    private final DurableTransactions transactions;
    private final RunMemory memory;
    private final RetentionSettings settings;
    private final Map<Long, Integer> droppedBefore = new ConcurrentHashMap<>();
    private final Map<Long, Pass> passes = new ConcurrentHashMap<>();

    MessageCompaction(
            MemberVectors vectors,
            SnapshotStore snapshots,
            MessagePayloads payloads,
            MessageFolding folding,
            DurableTransactions transactions,
            RunMemory memory,
            RetentionSettings settings) {
        this.vectors = vectors;
        this.snapshots = snapshots;
        this.payloads = payloads;
        this.folding = folding;
        this.transactions = transactions;
        this.memory = memory;
        this.settings = settings;
    }

    /**
     * Takes one step for a run.
     *
     * @return whether there may be more to do
     * @throws io.evenkeel.coordinator.platform.storage.CorruptionException if data to compact is damaged
     */
    boolean step(Run run, ValidatedPlan plan) {
        if (plan.secureAggregation() != null) {
            // Its messages have no payloads.
            return false;
        }
        if (!plan.retainsSum()) {
            return dropRounds(run);
        }
        return (!plan.keepsLeavers() && dropLeaver(run, plan)) || compact(run, plan);
    }

    private boolean dropRounds(Run run) {
        int from = droppedBefore.getOrDefault(run.id(), 0);
        int to = afterRounds(run, from);
        if (from >= to) {
            return false;
        }
        transactions.write(() -> payloads.delete(payloads.keysIn(run.id(), from, to)));
        droppedBefore.put(run.id(), to);
        return to < run.openRound();
    }

    /**
     * Returns the first round after the step. A step covers at least one closed round, if any, and otherwise a limited
     * number of messages.
     */
    private int afterRounds(Run run, int from) {
        int full = payloads.roundOfNth(run.id(), from, MESSAGES_A_STEP + 1).orElse(Integer.MAX_VALUE);
        int to = Math.min(Math.max(full, from + 1), from + ROUNDS_A_STEP);
        return Math.min(to, run.openRound());
    }

    private boolean dropLeaver(Run run, ValidatedPlan plan) {
        Optional<SnapshotStore.Leaver> leaver = snapshots.nextLeaver(run);
        leaver.ifPresent(gone -> transactions.write(() -> {
            long from = snapshots.sequence(gone.id());
            if (snapshots.advance(gone.id(), from, gone.end(), snapshots.place(gone.end()))) {
                payloads.delete(payloads.keysAfter(gone.id(), from));
                folding.compacted(run, plan, gone.id());
            }
        }));
        return leaver.isPresent();
    }

    /**
     * The position in a run's members, in the order of their keys.
     *
     * @param after the key of the last one
     * @param compacted whether any message has been compacted so far
     */
    private record Pass(long after, boolean compacted) {

        static final Pass BEGIN = new Pass(Long.MIN_VALUE, false);
    }

    /** Compacts the messages of the next member that has enough of them. */
    private boolean compact(Run run, ValidatedPlan plan) {
        Pass pass = passes.getOrDefault(run.id(), Pass.BEGIN);
        Optional<Candidate> heavy = heavy(run, plan, pass.after());
        if (heavy.isEmpty()) {
            passes.remove(run.id());
            return pass.compacted();
        }
        boolean compacted = compact(run, plan, heavy.get());
        passes.put(run.id(), new Pass(heavy.get().id(), pass.compacted() || compacted));
        return true;
    }

    private Optional<Candidate> heavy(Run run, ValidatedPlan plan, long after) {
        long bytes = Math.round(settings.compactionBytesPerParameter() * plan.dimension());
        return snapshots.nextToCompact(run, after, settings.compactionMessages(), bytes);
    }

    /** Returns whether there was a message to compact: all may be of the open round. */
    private boolean compact(Run run, ValidatedPlan plan, Candidate member) {
        Wanted wanted =
                new Wanted(run.id(), member.id(), member.ordinal(), run.openRound(), member.from() + MESSAGES_A_STEP);
        return memory.working(run.id(), plan, () -> compact(run, plan, member, wanted));
    }

    private boolean compact(Run run, ValidatedPlan plan, Candidate member, Wanted wanted) {
        Vector vector;
        try {
            vector = transactions.read(() -> vectors.rebuild(plan, wanted));
        } catch (CompactedMeanwhileException e) {
            // Another coordinator was faster.
            return false;
        }
        if (vector.messagesRead() == 0) {
            return false;
        }
        Snapshot next = new Snapshot(
                vector.sequence(),
                vector.head(),
                vector.addedIn(),
                vector.bytes(),
                VectorFrames.encode(vector.values()));
        Placed placed = snapshots.place(next);
        transactions.write(() -> {
            if (snapshots.advance(member.id(), vector.sequence() - vector.messagesRead(), next, placed)) {
                payloads.delete(vector.payloads());
                folding.compacted(run, plan, member.id());
            }
        });
        return true;
    }
}
