package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.member.SnapshotStore;
import io.evenkeel.coordinator.member.SnapshotStore.Candidate;
import io.evenkeel.coordinator.member.SnapshotStore.Snapshot;
import io.evenkeel.coordinator.message.MessagePayloads;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.StoredBytes.Placed;
import io.evenkeel.coordinator.retention.MemberVectors.Wanted;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.run.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/**
 * Drops the payloads of accepted messages that are no longer needed; the rows stay for {@link MessageFolding}.
 *
 * <p>If S persists, a member's messages of closed rounds are added to its snapshot g_i once they are larger than the
 * snapshot, and dropped in the same transaction. The messages of a member that has left are dropped, unless its g_i
 * stays in S. If S does not persist, all messages of a closed round are dropped. Each step covers some members or a
 * hundred rounds, holds no run's lock, and can safely be interrupted or repeated. Thread-safe.
 */
@Component
class MessageCompaction {

    private static final int MESSAGES_A_STEP = 2000;

    /**
     * The maximum bytes of the vectors in a step; a single vector may be larger. Such a small amount is not reserved
     * from the run's memory, which is needed for closing rounds.
     */
    private static final int VECTORS_A_STEP = 4 << 20;

    private static final int ROUNDS_A_STEP = 100;

    private final MemberVectors vectors;
    private final SnapshotStore snapshots;
    private final MemberTable members;
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
            MemberTable members,
            MessagePayloads payloads,
            MessageFolding folding,
            DurableTransactions transactions,
            RunMemory memory,
            RetentionSettings settings) {
        this.vectors = vectors;
        this.snapshots = snapshots;
        this.members = members;
        this.payloads = payloads;
        this.folding = folding;
        this.transactions = transactions;
        this.memory = memory;
        this.settings = settings;
    }

    /**
     * Performs one step for a run.
     *
     * @return whether there may be more to do
     * @throws io.evenkeel.coordinator.platform.storage.CorruptionException if data to compact is damaged
     */
    boolean step(Run run, ValidatedPlan plan) {
        if (plan.secureAggregation() != null) {
            // With secure aggregation, messages have no payloads.
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
     * Returns the first round after the step. A step covers a limited number of messages, but at least one closed round
     * if there is one.
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
                folding.compacted(run, plan, List.of(gone.id()));
            }
        }));
        return leaver.isPresent();
    }

    /**
     * The progress of a pass over a run's members, in the order of their ordinals.
     *
     * @param after the ordinal of the last member
     * @param compacted whether the pass has compacted any message so far, or began after other members
     */
    private record Pass(int after, boolean compacted) {

        static final Pass BEGIN = new Pass(-1, false);
    }

    /**
     * Begins the first pass at a random member, so that each member is eventually compacted, even if no coordinator
     * runs long enough for a whole pass.
     */
    private Pass first(Run run) {
        int ordinals = Math.max(1, members.ordinals(run.id()));
        return new Pass(Math.floorMod(SplitMix64.derive(run.id(), run.openRound()), ordinals) - 1, true);
    }

    /** Compacts the messages of the next members that have enough messages. */
    private boolean compact(Run run, ValidatedPlan plan) {
        Pass pass = passes.computeIfAbsent(run.id(), first -> first(run));
        List<Candidate> heavy = heavy(run, plan, pass.after());
        if (heavy.isEmpty()) {
            passes.put(run.id(), Pass.BEGIN);
            return pass.compacted();
        }
        boolean compacted = compactAll(run, plan, heavy);
        int last = heavy.get(heavy.size() - 1).ordinal();
        passes.put(run.id(), new Pass(last, pass.compacted() || compacted));
        return true;
    }

    /**
     * Returns the next members that have enough messages. Limits the messages and the bytes of vectors, but returns at
     * least one member if there is one.
     */
    private List<Candidate> heavy(Run run, ValidatedPlan plan, int after) {
        long bytes = Math.round(settings.compactionBytesPerParameter() * plan.dimension());
        int limit = (int) Math.max(1, Math.min(MESSAGES_A_STEP, VECTORS_A_STEP / vectorBytes(plan)));
        List<Candidate> next = snapshots.nextToCompact(run, after, settings.compactionMessages(), bytes, limit);
        int count = 0;
        long left = MESSAGES_A_STEP;
        while (count < next.size() && left > 0) {
            left -= next.get(count).messages();
            count++;
        }
        return next.subList(0, count);
    }

    /** Returns whether there was a message to compact; messages of the open round are not compacted. */
    private boolean compactAll(Run run, ValidatedPlan plan, List<Candidate> heavy) {
        List<Wanted> wanted = heavy.stream()
                .map(member -> new Wanted(
                        run.id(), member.id(), member.ordinal(), run.openRound(), member.from() + MESSAGES_A_STEP))
                .toList();
        boolean isSmall = heavy.size() * vectorBytes(plan) <= VECTORS_A_STEP;
        Supplier<Boolean> step = () -> compact(run, plan, wanted);
        return isSmall ? step.get() : memory.working(run.id(), plan, step);
    }

    private boolean compact(Run run, ValidatedPlan plan, List<Wanted> wanted) {
        List<Next> all = new ArrayList<>();
        try {
            transactions.read(() -> vectors.rebuildAtOnce(plan, wanted)).forEach((member, vector) -> {
                if (vector.messagesRead() > 0) {
                    Snapshot snapshot = vector.toSnapshot();
                    all.add(new Next(member.id(), vector, snapshot, snapshots.place(snapshot)));
                }
            });
        } catch (CompactedMeanwhileException e) {
            // Another coordinator has already replaced the snapshot.
            return false;
        }
        if (!all.isEmpty()) {
            transactions.write(() -> replace(run, plan, all));
        }
        return !all.isEmpty();
    }

    private static long vectorBytes(ValidatedPlan plan) {
        return (long) Double.BYTES * plan.dimension();
    }

    /** A member's vector and its new snapshot, whose bytes are already stored. */
    private record Next(long member, MemberVector vector, Snapshot snapshot, Placed placed) {}

    /** Replaces snapshots, unless another coordinator has already done so, and drops the messages in them. */
    private void replace(Run run, ValidatedPlan plan, List<Next> all) {
        List<Next> replaced = all.stream()
                .filter(next ->
                        snapshots.advance(next.member(), next.vector().compacted(), next.snapshot(), next.placed()))
                .toList();
        payloads.delete(replaced.stream()
                .flatMap(next -> next.vector().payloads().stream())
                .toList());
        folding.compacted(run, plan, replaced.stream().map(Next::member).toList());
    }
}
