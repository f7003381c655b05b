package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.member.SnapshotStore;
import io.evenkeel.coordinator.member.SnapshotStore.Snapshot;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.message.StoredMessage;
import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import io.evenkeel.engine.definition.ValidatedPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Rebuilds a member's vector g_i: its snapshot, and the messages since, added in the order in which the device added
 * them. The result is bit for bit the same as adding all messages from the first on, however often they were compacted.
 *
 * <p>Every byte read is verified: digests of snapshot and payloads, and the chain from one message to the next, which shows a
 * missing row as well as a changed one. Works in the caller's transaction, with 24 d bytes in addition to one message
 * at a time, of which 8 d remain.
 */
@Component
public class MemberVectors {

    private static final int FETCHED_AT_ONCE = 16;

    private final SnapshotStore snapshots;
    private final MessageStore messages;

    MemberVectors(SnapshotStore snapshots, MessageStore messages) {
        this.snapshots = snapshots;
        this.messages = messages;
    }

    /**
     * The member and the messages whose vector to load.
     *
     * @param run the run's key
     * @param id the membership's key
     * @param ordinal its ordinal
     * @param before a round: only messages added in earlier ones count
     * @param upTo the last message that counts
     */
    public record Wanted(long run, long id, int ordinal, int before, long upTo) {

        /** Selects all messages up to a given one. */
        public Wanted(long run, long id, int ordinal, long upTo) {
            this(run, id, ordinal, Integer.MAX_VALUE, upTo);
        }
    }

    /** A member's vector. Not thread-safe. */
    public static final class Vector {

        private Wanted wanted;
        private final double[] values;
        private final long compacted;
        private final List<Long> payloads = new ArrayList<>();
        private long sequence;
        private long head;
        private int addedIn;
        private long bytes;

        Vector(Wanted wanted, double[] values, Snapshot snapshot) {
            this.wanted = wanted;
            this.values = values;
            this.compacted = snapshot.sequence();
            this.sequence = snapshot.sequence();
            this.head = snapshot.head();
            this.addedIn = snapshot.compactedTo();
            this.bytes = snapshot.bytes();
        }

        /** Returns g_i, d values, owned by the caller. */
        public double[] values() {
            return values;
        }

        /** Returns the number of its last message, 0 for none. */
        public long sequence() {
            return sequence;
        }

        /** Returns that message's digest. */
        public long head() {
            return head;
        }

        /** Returns how many messages were read. */
        public long messagesRead() {
            return sequence - compacted;
        }

        /** Returns whether it started from a snapshot. */
        public boolean hasSnapshot() {
            return compacted > 0;
        }

        /** Returns the member. */
        Wanted wanted() {
            return wanted;
        }

        /** Returns the keys of the payloads read. */
        List<Long> payloads() {
            return payloads;
        }

        /** Returns the snapshot that replaces its messages. */
        Snapshot toSnapshot() {
            return new Snapshot(sequence, head, addedIn, bytes, VectorFrames.encode(values));
        }
    }

    /** A payload or a message is missing: it was compacted since the snapshot was read, or lost. */
    private static final class DroppedException extends RuntimeException {

        private final transient Vector of;

        /** The error to report unless it was compacted. */
        private final transient CorruptionException damage;

        DroppedException(Vector of, CorruptionException damage) {
            super(null, null, false, false);
            this.of = of;
            this.damage = damage;
        }
    }

    /**
     * Rebuilds a member's vector.
     *
     * @throws CorruptionException if stored data is damaged, or does not form a chain
     * @throws CompactedMeanwhileException if messages after the requested ones have already been compacted
     */
    public Vector rebuild(ValidatedPlan plan, Wanted wanted) {
        while (true) {
            List<Vector> vectors = rebuildAtOnce(plan, List.of(wanted));
            if (!vectors.isEmpty()) {
                return vectors.get(0);
            }
        }
    }

    /**
     * Rebuilds the vectors of some members of a run, with one request for all of their messages in a segment.
     *
     * @return nothing if messages were compacted before they were read
     * @throws CorruptionException if stored data is damaged, or does not form a chain
     * @throws CompactedMeanwhileException if messages after the requested ones have already been compacted
     */
    List<Vector> rebuildAtOnce(ValidatedPlan plan, List<Wanted> members) {
        List<Vector> vectors =
                members.stream().map(wanted -> start(plan, wanted)).toList();
        try {
            addLater(plan, vectors);
        } catch (DroppedException e) {
            if (snapshots.sequence(e.of.wanted.id()) == e.of.compacted) {
                throw e.damage;
            }
            return List.of();
        }
        // The messages after the snapshot may have been compacted and deleted before they were read.
        return vectors.stream().allMatch(this::isWhole) ? vectors : List.of();
    }

    private boolean isWhole(Vector vector) {
        return vector.sequence == vector.wanted.upTo() || snapshots.sequence(vector.wanted.id()) <= vector.sequence;
    }

    private Vector start(ValidatedPlan plan, Wanted wanted) {
        Snapshot snapshot = snapshot(wanted);
        if (snapshot == null) {
            throw damaged(wanted, lastRound(wanted), "the stored snapshot is not the one that was written");
        }
        if (snapshot.sequence() > wanted.upTo() || snapshot.compactedTo() >= wanted.before()) {
            throw new CompactedMeanwhileException();
        }
        return new Vector(wanted, decode(wanted, snapshot, FrameLimits.of(plan.dimension())), snapshot);
    }

    private @Nullable Snapshot snapshot(Wanted wanted) {
        try {
            return snapshots.find(wanted.id());
        } catch (MissingObjectException e) {
            throw missing(wanted.run(), wanted.ordinal(), e);
        }
    }

    private static CorruptionException missing(long run, int ordinal, MissingObjectException missing) {
        return CorruptionException.missing(run, CorruptionException.SOME_ROUND, ordinal, missing);
    }

    /**
     * Adds a member's later messages to a vector, with the same bits as rebuilding it.
     *
     * @param vector a vector rebuilt or advanced before; unusable after false or an exception
     * @return false if these messages were already compacted, so that the vector must be rebuilt
     * @throws CorruptionException as {@link #rebuild}
     */
    public boolean advance(ValidatedPlan plan, Wanted wanted, Vector vector) {
        vector.wanted = wanted;
        try {
            addLater(plan, List.of(vector));
            vector.payloads.clear();
            return true;
        } catch (DroppedException e) {
            return false;
        }
    }

    /** Adds the messages after the last one in each vector. */
    private void addLater(ValidatedPlan plan, List<Vector> vectors) {
        FrameLimits limits = FrameLimits.of(plan.dimension());
        Map<Long, Vector> byMember =
                vectors.stream().collect(Collectors.toMap(vector -> vector.wanted.id(), Function.identity()));
        // A message for round r is added in r to r + staleness.
        List<MessageStore.Part> later = vectors.stream()
                .map(vector -> new MessageStore.Part(
                        vector.wanted.id(),
                        vector.addedIn - plan.staleness(),
                        vector.wanted.before(),
                        vector.sequence,
                        vector.wanted.upTo()))
                .toList();
        try {
            messages.forEachOf(later, plan.messagesAtOnce(FETCHED_AT_ONCE), (message, payload) -> {
                Vector vector = Objects.requireNonNull(byMember.get(message.member()));
                add(vector, message, limits);
                vector.payloads.add(payload);
            });
        } catch (MissingObjectException e) {
            Wanted first = vectors.get(0).wanted;
            throw missing(first.run(), vectors.size() == 1 ? first.ordinal() : CorruptionException.NOBODY, e);
        }
    }

    private static double[] decode(Wanted wanted, Snapshot snapshot, FrameLimits limits) {
        double[] values = new double[limits.dimension()];
        if (snapshot.state().length > 0) {
            try {
                FrameCodec.decode(snapshot.state(), limits).addTo(values, 1);
            } catch (WireException e) {
                throw damaged(
                        wanted, snapshot.compactedTo(), "the stored snapshot cannot be decoded: " + e.getMessage());
            }
        }
        return values;
    }

    private static void add(Vector vector, StoredMessage stored, FrameLimits limits) {
        Wanted wanted = vector.wanted;
        byte[] payload = stored.payload();
        if (payload == null) {
            throw new DroppedException(
                    vector, damaged(wanted, vector.addedIn + 1, "a stored message's payload is gone"));
        }
        Message message = verified(wanted, stored, payload, limits);
        long next = vector.sequence + 1;
        if (stored.sequence() != next || message.sequence() != next || message.previous() != vector.head) {
            throw new DroppedException(
                    vector,
                    damaged(
                            wanted,
                            stored.round(),
                            "the stored message is number " + message.sequence() + " after "
                                    + Digest.toHex(message.previous())
                                    + ", expected number " + next + " after " + Digest.toHex(vector.head)
                                    + ": a message is missing"));
        }
        message.delta().addTo(vector.values, 1);
        vector.sequence = next;
        vector.head = stored.digest();
        vector.addedIn = stored.includedIn();
        vector.bytes += payload.length;
    }

    private static Message verified(Wanted wanted, StoredMessage stored, byte[] payload, FrameLimits limits) {
        if (Digest.of(payload) != stored.digest()) {
            throw damaged(
                    wanted, stored.round(), "the stored message is not the one that was accepted: its digest differs");
        }
        try {
            return Message.decode(payload, limits);
        } catch (WireException e) {
            throw damaged(wanted, stored.round(), "the stored message cannot be decoded: " + e.getMessage());
        }
    }

    /** The round of a snapshot is not trusted either. */
    private static int lastRound(Wanted wanted) {
        return wanted.before() == Integer.MAX_VALUE ? -1 : wanted.before() - 1;
    }

    private static CorruptionException damaged(Wanted wanted, int round, String what) {
        return new CorruptionException(wanted.run(), round, wanted.ordinal(), what);
    }
}
