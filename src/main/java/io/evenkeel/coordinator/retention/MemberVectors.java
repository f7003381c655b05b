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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Rebuilds a member's vector g_i from its snapshot and the later messages, which are added in the order in which the
 * device added them. The result is bitwise equal to the sum of all messages from the first on, regardless of
 * compactions.
 *
 * <p>Every byte read is verified by the digests of the snapshot and the payloads. The chain from one message to the
 * next reveals missing and changed rows. Works in the caller's transaction. Allocates 8 d bytes for each member's
 * vector, and temporarily another 16 d bytes and 4 MiB of messages, or one larger message.
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
     * Selects a member and the messages to add to its vector.
     *
     * @param run the run's key
     * @param id the membership's key
     * @param ordinal the member's ordinal
     * @param before a round; only messages added in earlier rounds count
     * @param upTo the number of the last message that counts
     */
    public record Wanted(long run, long id, int ordinal, int before, long upTo) {

        /** Selects all messages up to a given one. */
        public Wanted(long run, long id, int ordinal, long upTo) {
            this(run, id, ordinal, Integer.MAX_VALUE, upTo);
        }
    }

    /**
     * Thrown if a payload or a message is missing: either it was compacted after the snapshot was read, or it is lost.
     */
    private static final class DroppedException extends RuntimeException {

        private final transient Wanted wanted;

        /** The error to report unless the message was compacted. */
        private final transient CorruptionException damage;

        DroppedException(Wanted wanted, CorruptionException damage) {
            super(null, null, false, false);
            this.wanted = wanted;
            this.damage = damage;
        }
    }

    /**
     * Rebuilds a member's vector.
     *
     * @throws CorruptionException if stored data is damaged, or does not form a chain
     * @throws CompactedMeanwhileException if messages after the requested ones have already been compacted
     */
    public MemberVector rebuild(ValidatedPlan plan, Wanted wanted) {
        MemberVector vector = null;
        while (vector == null) {
            vector = rebuildAtOnce(plan, List.of(wanted)).get(wanted);
        }
        return vector;
    }

    /**
     * Rebuilds the vectors of some members of a run, with one request for all of their messages in the same segment.
     *
     * @return the vectors; empty if messages were compacted before they were read
     * @throws CorruptionException if stored data is damaged, or does not form a chain
     * @throws CompactedMeanwhileException if messages after the requested ones have already been compacted
     */
    Map<Wanted, MemberVector> rebuildAtOnce(ValidatedPlan plan, List<Wanted> members) {
        Map<Wanted, MemberVector> vectors = new LinkedHashMap<>();
        members.forEach(wanted -> vectors.put(wanted, start(plan, wanted)));
        try {
            addLater(plan, vectors);
        } catch (DroppedException e) {
            long compacted = Objects.requireNonNull(vectors.get(e.wanted)).compacted();
            if (snapshots.sequence(e.wanted.id()) == compacted) {
                throw e.damage;
            }
            return Map.of();
        }
        // The messages after the snapshot may have been compacted and deleted before they were read.
        boolean areWhole = vectors.entrySet().stream().allMatch(member -> isWhole(member.getKey(), member.getValue()));
        return areWhole ? vectors : Map.of();
    }

    private boolean isWhole(Wanted wanted, MemberVector vector) {
        return vector.sequence() == wanted.upTo() || snapshots.sequence(wanted.id()) <= vector.sequence();
    }

    private MemberVector start(ValidatedPlan plan, Wanted wanted) {
        Snapshot snapshot = snapshot(wanted);
        if (snapshot == null) {
            throw damaged(wanted, lastRound(wanted), "the stored snapshot differs from the one that was written");
        }
        if (snapshot.sequence() > wanted.upTo() || snapshot.compactedTo() >= wanted.before()) {
            throw new CompactedMeanwhileException();
        }
        return new MemberVector(decode(wanted, snapshot, FrameLimits.of(plan.dimension())), snapshot);
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
     * Adds a member's later messages to a vector. The result is bitwise equal to rebuilding it.
     *
     * @param vector a vector that was rebuilt or advanced before; unusable after this method returns false or throws
     * @return false if these messages were already compacted, so that the vector must be rebuilt
     * @throws CorruptionException as in {@link #rebuild}
     */
    public boolean advance(ValidatedPlan plan, Wanted wanted, MemberVector vector) {
        try {
            addLater(plan, Map.of(wanted, vector));
            return true;
        } catch (DroppedException e) {
            return false;
        } finally {
            vector.payloads().clear();
        }
    }

    /** Adds the messages after the last one in each vector. */
    private void addLater(ValidatedPlan plan, Map<Wanted, MemberVector> vectors) {
        FrameLimits limits = FrameLimits.of(plan.dimension());
        Map<Long, Wanted> byMember = new HashMap<>();
        List<MessageStore.Part> later = new ArrayList<>();
        vectors.forEach((wanted, vector) -> {
            byMember.put(wanted.id(), wanted);
            // A message for round r is added in one of the rounds r to r + staleness.
            later.add(new MessageStore.Part(
                    wanted.id(),
                    vector.addedIn() - plan.staleness(),
                    wanted.before(),
                    vector.sequence(),
                    wanted.upTo()));
        });
        try {
            messages.forEachOf(later, plan.messagesAtOnce(FETCHED_AT_ONCE), (message, payload) -> {
                Wanted wanted = Objects.requireNonNull(byMember.get(message.member()));
                MemberVector vector = Objects.requireNonNull(vectors.get(wanted));
                vector.add(next(wanted, vector, message, limits), message, payload);
            });
        } catch (MissingObjectException e) {
            Wanted first = vectors.keySet().iterator().next();
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

    /** Decodes and verifies a vector's next message. */
    private static Message next(Wanted wanted, MemberVector vector, StoredMessage stored, FrameLimits limits) {
        byte[] payload = stored.payload();
        if (payload == null) {
            throw new DroppedException(
                    wanted, damaged(wanted, vector.addedIn() + 1, "a stored message's payload is missing"));
        }
        Message message = verified(wanted, stored, payload, limits);
        long next = vector.sequence() + 1;
        if (stored.sequence() != next || message.sequence() != next || message.previous() != vector.head()) {
            throw new DroppedException(
                    wanted,
                    damaged(
                            wanted,
                            stored.round(),
                            "the stored message is number " + message.sequence() + " after "
                                    + Digest.toHex(message.previous())
                                    + ", expected number " + next + " after " + Digest.toHex(vector.head())
                                    + ": a message is missing"));
        }
        return message;
    }

    private static Message verified(Wanted wanted, StoredMessage stored, byte[] payload, FrameLimits limits) {
        if (Digest.of(payload) != stored.digest()) {
            throw damaged(
                    wanted,
                    stored.round(),
                    "the stored message differs from the one that was accepted: its digest differs");
        }
        try {
            return Message.decode(payload, limits);
        } catch (WireException e) {
            throw damaged(wanted, stored.round(), "the stored message cannot be decoded: " + e.getMessage());
        }
    }

    /**
     * Returns the round to report for a damaged snapshot, because the round in that snapshot cannot be trusted either.
     */
    private static int lastRound(Wanted wanted) {
        return wanted.before() == Integer.MAX_VALUE ? -1 : wanted.before() - 1;
    }

    private static CorruptionException damaged(Wanted wanted, int round, String what) {
        return new CorruptionException(wanted.run(), round, wanted.ordinal(), what);
    }
}
