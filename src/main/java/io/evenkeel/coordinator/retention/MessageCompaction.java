package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.retention.MemberVectors.Vector;
import io.evenkeel.coordinator.retention.MemberVectors.Wanted;
import io.evenkeel.coordinator.retention.SnapshotStore.Snapshot;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Drops the payloads of accepted messages that nothing needs any more; the rows stay, as they are the receipts.
 *
 * <p>Where S persists, a member's messages of closed rounds are folded into its vector g_i once they outweigh it, and dropped in the
 * same transaction; those of one who has left are dropped. Elsewhere a closed round's messages are needed no more. Each step is
 * about one member or a hundred rounds, holds no run's lock, and can be killed or done twice without harm. Thread-safe.
 */
@Component
class MessageCompaction {

    private static final int MESSAGES_A_STEP = 1000;
    private static final int ROUNDS_A_STEP = 100;

    private final MemberVectors vectors;
    private final SnapshotStore snapshots;
    private final JdbcClient jdbc;
    private final JdbcTemplate batches;
    private final DurableTransactions transactions;
    private final RunMemory memory;
    private final RetentionSettings settings;
    private final Map<Long, Integer> droppedBefore = new ConcurrentHashMap<>();
    private final Map<Long, Pass> passes = new ConcurrentHashMap<>();

    MessageCompaction(
            MemberVectors vectors,
            SnapshotStore snapshots,
            JdbcTemplate jdbc,
            DurableTransactions transactions,
            RunMemory memory,
            RetentionSettings settings) {
        this.vectors = vectors;
        this.snapshots = snapshots;
        this.jdbc = JdbcClient.create(jdbc);
        this.batches = jdbc;
        this.transactions = transactions;
        this.memory = memory;
        this.settings = settings;
    }

    /**
     * Takes one step for a run.
     *
     * @return whether there may be more to do
     * @throws io.evenkeel.coordinator.platform.storage.CorruptionException if what is to be folded is not what was written
     */
    boolean step(Run run, RunPlan plan) {
        if (!plan.retainsSum()) {
            return dropRounds(run);
        }
        return dropLeaver(run) || fold(run, plan);
    }

    private boolean dropRounds(Run run) {
        int from = droppedBefore.getOrDefault(run.id(), 0);
        int to = afterRounds(run, from);
        if (from >= to) {
            return false;
        }
        transactions.write(() -> {
            drop(jdbc.sql("SELECT payload_id FROM message WHERE run_id = ? AND included_in >= ? AND included_in < ?"
                            + " AND payload_id IS NOT NULL")
                    .params(run.id(), from, to)
                    .query(Long.class)
                    .list());
        });
        droppedBefore.put(run.id(), to);
        return to < run.openRound();
    }

    /** The first round that is not of the step: it has at least one round, if there is a closed one, and else so many messages. */
    private int afterRounds(Run run, int from) {
        int to = from;
        int messages = 0;
        for (int participants : jdbc.sql("SELECT participants FROM round_record WHERE run_id = ? AND round_number >= ?"
                        + " ORDER BY round_number FETCH FIRST ? ROWS ONLY")
                .params(run.id(), from, ROUNDS_A_STEP)
                .query(Integer.class)
                .list()) {
            messages += participants;
            if (to > from && messages > MESSAGES_A_STEP) {
                break;
            }
            to++;
        }
        return Math.min(to, run.openRound());
    }

    private record Leaver(long id, long sequence, long head, int leftAfter, long bytes) {}

    private boolean dropLeaver(Run run) {
        Optional<Leaver> leaver = jdbc.sql("SELECT m.id, c.sequence, c.head, m.left_after, c.bytes FROM member m"
                        + " JOIN member_chain c ON c.member_id = m.id"
                        + " LEFT JOIN member_snapshot s ON s.member_id = m.id WHERE m.run_id = ? AND m.left_after < ?"
                        + " AND c.sequence > 0 AND (s.member_id IS NULL OR s.state IS NOT NULL)"
                        + " ORDER BY m.id FETCH FIRST 1 ROW ONLY")
                .params(run.id(), run.openRound())
                .query((row, i) ->
                        new Leaver(row.getLong(1), row.getLong(2), row.getLong(3), row.getInt(4), row.getLong(5)))
                .optional();
        leaver.ifPresent(gone -> transactions.write(() -> {
            long from = snapshots.sequence(gone.id());
            Snapshot end = new Snapshot(gone.sequence(), gone.head(), gone.leftAfter(), gone.bytes(), new byte[0]);
            if (snapshots.advance(gone.id(), from, end)) {
                drop(jdbc.sql("SELECT payload_id FROM message WHERE member_id = ? AND sequence > ?"
                                + " AND payload_id IS NOT NULL")
                        .params(gone.id(), from)
                        .query(Long.class)
                        .list());
            }
        }));
        return leaver.isPresent();
    }

    private record Heavy(long id, int ordinal, long from) {}

    /**
     * How far the members of a run have been gone through, in the order of their keys.
     *
     * @param after the last one's key
     * @param folded whether any message has been folded on the way
     */
    private record Pass(long after, boolean folded) {

        static final Pass BEGIN = new Pass(Long.MIN_VALUE, false);
    }

    /** Folds the next member's messages that are worth it. */
    private boolean fold(Run run, RunPlan plan) {
        Pass pass = passes.getOrDefault(run.id(), Pass.BEGIN);
        Optional<Heavy> heavy = heavy(run, plan, pass.after());
        if (heavy.isEmpty()) {
            passes.remove(run.id());
            return pass.folded();
        }
        boolean folded = fold(run, plan, heavy.get());
        passes.put(run.id(), new Pass(heavy.get().id(), pass.folded() || folded));
        return true;
    }

    /** Goes by what members' rows and snapshots count: to go through the messages would take longer with each one there is. */
    private Optional<Heavy> heavy(Run run, RunPlan plan, long after) {
        return jdbc.sql("SELECT m.id, m.ordinal, COALESCE(s.sequence, 0) FROM member m"
                        + " JOIN member_chain c ON c.member_id = m.id"
                        + " LEFT JOIN member_snapshot s ON s.member_id = m.id"
                        + " WHERE m.run_id = :run AND m.id > :after AND (m.left_after IS NULL OR m.left_after >= :round)"
                        + " AND c.sequence - COALESCE(s.sequence, 0) >= :messages"
                        + " AND c.bytes - COALESCE(s.bytes, 0) >= :bytes"
                        + " ORDER BY m.id FETCH FIRST 1 ROW ONLY")
                .param("run", run.id())
                .param("after", after)
                .param("round", run.openRound())
                .param("messages", settings.compactionMessages())
                .param("bytes", Math.round(settings.compactionBytesPerParameter() * plan.dimension()))
                .query((row, i) -> new Heavy(row.getLong(1), row.getInt(2), row.getLong(3)))
                .optional();
    }

    /** Returns whether there was a message to fold: perhaps all are of the open round. */
    private boolean fold(Run run, RunPlan plan, Heavy member) {
        Wanted wanted =
                new Wanted(run.id(), member.id(), member.ordinal(), run.openRound(), member.from() + MESSAGES_A_STEP);
        return memory.working(run.id(), plan, () -> fold(plan, member, wanted));
    }

    private boolean fold(RunPlan plan, Heavy member, Wanted wanted) {
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
        transactions.write(() -> {
            if (snapshots.advance(member.id(), vector.sequence() - vector.messagesRead(), next)) {
                drop(vector.payloads());
            }
        });
        return true;
    }

    /** By their keys one by one: a subquery is gone through again for each row by H2. */
    private void drop(List<Long> payloads) {
        batches.batchUpdate(
                "DELETE FROM message_payload WHERE id = ?",
                payloads,
                payloads.size(),
                (statement, payload) -> statement.setLong(1, payload));
    }
}
