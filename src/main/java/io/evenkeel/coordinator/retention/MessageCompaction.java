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
import io.evenkeel.engine.retention.CompactionStep;
import io.evenkeel.engine.run.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
        OptionalInt full = payloads.roundOfNth(run.id(), from, CompactionStep.MESSAGES + 1);
        int to = CompactionStep.roundsBefore(from, full, run.openRound());
        if (from >= to) {
            return false;
        }
        transactions.write(() -> payloads.delete(payloads.keysIn(run.id(), from, to)));
        droppedBefore.put(run.id(), to);
        return to < run.openRound();
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

    /** Returns the next members that have enough messages, as many as a step covers. */
    private List<Candidate> heavy(Run run, ValidatedPlan plan, int after) {
        long bytes = Math.round(settings.compactionBytesPerParameter() * plan.dimension());
        int limit = CompactionStep.members(plan.dimension());
        List<Candidate> next = snapshots.nextToCompact(run, after, settings.compactionMessages(), bytes, limit);
        List<Long> messages = next.stream().map(Candidate::messages).toList();
        return next.subList(0, CompactionStep.membersWithin(messages));
    }

    /** Returns whether there was a message to compact; messages of the open round are not compacted. */
    private boolean compactAll(Run run, ValidatedPlan plan, List<Candidate> heavy) {
        List<Wanted> wanted = heavy.stream()
                .map(member -> new Wanted(
                        run.id(),
                        member.id(),
                        member.ordinal(),
                        run.openRound(),
                        member.from() + CompactionStep.MESSAGES))
                .toList();
        Supplier<Boolean> step = () -> compact(run, plan, wanted);
        return CompactionStep.reservesMemory(heavy.size(), plan.dimension())
                ? memory.working(run.id(), plan, step)
                : step.get();
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
