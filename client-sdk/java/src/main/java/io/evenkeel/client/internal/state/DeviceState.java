package io.evenkeel.client.internal.state;

import io.evenkeel.client.StateException;
import io.evenkeel.client.StateStore;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.RebaseSchedule;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A device's half of error feedback in a run, saved so that the device can continue after a crash at any point.
 *
 * <p>The store contains a snapshot, the messages accepted since, and at most one staged message:
 *
 * <pre>
 *   {run}.snapshot        the vectors after n messages
 *   {run}.accepted-{n+1}  and so on, one for each message since
 *   {run}.staged          the message being sent, until the coordinator answers
 *   {run}.revealed, {run}.masked   with secure aggregation, see {@link RoundMarkers}
 *   privacy-ledger        the privacy spent by the device in all private runs, see {@link PrivacyLedger}
 * </pre>
 *
 * <p>Staging writes the last piece, and committing renames it; both operations are atomic. Accepted messages
 * are merged into a new snapshot when their total size reaches that of a snapshot. So a model of a million
 * coordinates is not written each time a thousand of them change.
 *
 * <p>Not thread-safe.
 */
public final class DeviceState {

    /** The length in bytes of the salt of a message that is never sent. */
    public static final int SALT_BYTES = 16;

    private static final int MAX_ACCEPTED = 256;

    private final StateStore store;
    private final String run;
    private final String client;
    private final int dimension;
    private final @Nullable RebaseSchedule rebase;
    private ErrorFeedback feedback;
    private long sequence;
    private long head;
    private int lastRound;
    private boolean fresh;
    private long snapshotBytes;
    private long acceptedBytes;
    private int accepted;
    private @Nullable Pending pending;

    private DeviceState(
            StateStore store,
            String run,
            String client,
            @Nullable RebaseSchedule rebase,
            Snapshot snapshot,
            boolean fresh) {
        this.store = store;
        this.run = run;
        this.client = client;
        this.rebase = rebase;
        this.dimension = snapshot.dimension();
        this.fresh = fresh;
        this.feedback = snapshot.restore();
        startFrom(snapshot);
    }

    private void startFrom(Snapshot snapshot) {
        sequence = snapshot.sequence();
        head = snapshot.head();
        lastRound = snapshot.lastRound();
        snapshotBytes = snapshot.bytes();
        acceptedBytes = 0;
        accepted = 0;
    }

    /**
     * Opens the saved state of a run, or starts from zero.
     *
     * @param client the device's id
     * @param method the run's kind of error feedback
     * @param dimension the run's d
     * @param rebase in a run with secure aggregation, the schedule on which g_i is reset to zero; else null
     * @throws StateException if the state is damaged, or belongs to another client or another kind of run
     */
    public static DeviceState open(
            StateStore store,
            String run,
            String client,
            FeedbackMethod method,
            int dimension,
            @Nullable RebaseSchedule rebase) {
        Snapshot saved = Snapshot.read(store, run + ".snapshot");
        Snapshot snapshot = saved != null ? saved : new Snapshot(client, method, dimension, 0, 0, -1, List.of());
        if (snapshot.method() != method || snapshot.dimension() != dimension) {
            throw new StateException(store.describe(run + ".snapshot") + " belongs to a run with "
                    + snapshot.method().text()
                    + " and " + snapshot.dimension() + " values, but run '" + run + "' has " + method.text() + " and "
                    + dimension + ": the run was replaced by another one; remove this run's files from the state");
        }
        DeviceState state = new DeviceState(store, run, client, rebase, snapshot, saved == null);
        state.requireOwner(run + ".snapshot", snapshot.client());
        state.replay();
        return state;
    }

    private void replay() {
        for (String name : store.names(run + ".accepted-")) {
            SavedMessage saved = SavedMessage.read(store, name, dimension, rebase != null);
            if (saved == null || saved.pending().sequence() <= sequence) {
                store.delete(name);
                continue;
            }
            requireOwner(name, saved.client());
            if (!follows(saved)) {
                throw StateFileFormat.damaged(store, name, "it does not follow message " + sequence, null);
            }
            account(saved.pending(), saved.size());
        }
        SavedMessage saved = SavedMessage.read(store, run + ".staged", dimension, rebase != null);
        if (saved != null) {
            requireOwner(run + ".staged", saved.client());
            if (!follows(saved)) {
                throw StateFileFormat.damaged(store, run + ".staged", "it does not follow message " + sequence, null);
            }
            pending = saved.pending();
            fresh = false;
        }
    }

    private boolean follows(SavedMessage saved) {
        return saved.pending().sequence() == sequence + 1 && saved.previous() == head;
    }

    private void requireOwner(String name, String owner) {
        if (!owner.equals(client)) {
            throw new StateException(store.describe(name) + " belongs to client " + owner + ", but this is client "
                    + client + ": give each device its own state, or remove this run's files from it");
        }
    }

    /** Returns whether nothing has been saved yet: the device is new or lost its disk. */
    public boolean isFresh() {
        return fresh;
    }

    /** Returns the number of messages accepted so far. */
    public long sequence() {
        return sequence;
    }

    /** Returns the digest of the last accepted message, 0 if there is none. */
    public long head() {
        return head;
    }

    /** Returns the round of the last accepted message, -1 if there is none. */
    public int lastRound() {
        return lastRound;
    }

    /**
     * Returns the error feedback from which to compute a message of a round: with g_i zero if the sum has been cleared.
     * Not copied.
     */
    public ErrorFeedback feedback(int round) {
        return rebase != null && rebase.clearsOwn(lastRound, round) ? feedback.withoutSum(dimension) : feedback;
    }

    /** Returns the vectors of error feedback, not copied. */
    public ErrorFeedback feedback() {
        return feedback;
    }

    /** Returns the staged message, or null if there is none. */
    public @Nullable Pending pending() {
        return pending;
    }

    /**
     * Saves a message; it may be sent after this returns.
     *
     * @param round the round whose model it was computed on
     * @param history the history of that model; null if the coordinator gave none
     * @throws StateException if it cannot be saved; the state is then unchanged
     */
    public Pending stage(int round, @Nullable String history, Report report, Staged staged) {
        return stageAs(round, history, report, staged, null, null);
    }

    /**
     * Saves a message that is never sent itself.
     *
     * @param salt {@link #SALT_BYTES} random bytes, without which its digest would reveal information about
     *     the message
     * @param basis the digest of the model and the plan that it was computed from
     * @throws StateException if it cannot be saved; the state is then unchanged
     */
    public Pending stage(
            int round, @Nullable String history, Report report, Staged staged, byte[] salt, CohortBasis basis) {
        return stageAs(round, history, report, staged, salt, basis);
    }

    private Pending stageAs(
            int round,
            @Nullable String history,
            Report report,
            Staged staged,
            byte @Nullable [] salt,
            @Nullable CohortBasis basis) {
        if (pending != null) {
            throw new IllegalStateException("message " + pending.sequence() + " is still in progress");
        }
        byte[] bytes = new Message(sequence + 1, head, report, staged.delta()).encode();
        Pending next = new Pending(round, history, sequence + 1, bytes, salt, basis, report.loss(), staged);
        SavedMessage.write(store, run + ".staged", client, next);
        pending = next;
        fresh = false;
        return next;
    }

    /** Applies the staged message after the coordinator has accepted it. */
    public void commit() {
        Pending done = underWay();
        store.rename(run + ".staged", run + String.format(Locale.ROOT, ".accepted-%019d", done.sequence()));
        pending = null;
        account(done, done.message().length + (long) done.staged().carry().size() * dimension * Double.BYTES);
        if (accepted >= MAX_ACCEPTED || acceptedBytes >= snapshotBytes) {
            compact();
        }
    }

    private void account(Pending done, long bytes) {
        feedback = feedback(done.round());
        feedback.commit(done.staged());
        sequence = done.sequence();
        head = done.digest();
        lastRound = done.round();
        acceptedBytes += bytes;
        accepted++;
        fresh = false;
    }

    private void compact() {
        Snapshot snapshot =
                new Snapshot(client, feedback.method(), dimension, sequence, head, lastRound, feedback.vectors());
        snapshot.write(store, run + ".snapshot");
        store.sweep(store.names(run + ".accepted-"));
        startFrom(snapshot);
    }

    /** Discards the staged message after the coordinator has refused it. */
    public void discard() {
        underWay();
        store.delete(run + ".staged");
        pending = null;
    }

    private Pending underWay() {
        if (pending == null) {
            throw new IllegalStateException("no message is in progress");
        }
        return pending;
    }

    /**
     * Replaces this state.
     *
     * @param vectors the vectors of error feedback; none for a start from zero; not copied
     */
    public void adopt(long newSequence, long newHead, int newLastRound, List<double[]> vectors) {
        // Deletes the messages first, from the latest to the earliest, so that a crash leaves an earlier state of this
        // device.
        store.delete(run + ".staged");
        pending = null;
        List<String> names = store.names(run + ".accepted-");
        for (int i = names.size() - 1; i >= 0; i--) {
            store.delete(names.get(i));
        }
        Snapshot snapshot =
                new Snapshot(client, feedback.method(), dimension, newSequence, newHead, newLastRound, vectors);
        snapshot.write(store, run + ".snapshot");
        feedback = snapshot.restore();
        startFrom(snapshot);
        fresh = false;
    }

    /** Deletes the saved state of a run. */
    public static void forget(StateStore store, String run) {
        List<String> names = store.names(run + ".");
        for (int i = names.size() - 1; i >= 0; i--) {
            store.delete(names.get(i));
        }
    }
}
