package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.member.SnapshotStore.Snapshot;
import io.evenkeel.coordinator.message.StoredMessage;
import io.evenkeel.core.wire.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A member's vector g_i, which {@link MemberVectors} rebuilds. Not thread-safe. */
public final class MemberVector {

    private final double[] values;
    private final long compacted;
    private final List<Long> payloads = new ArrayList<>();
    private long sequence;
    private long head;
    private int addedIn;
    private long bytes;

    MemberVector(double[] values, Snapshot snapshot) {
        this.values = values;
        this.compacted = snapshot.sequence();
        this.sequence = snapshot.sequence();
        this.head = snapshot.head();
        this.addedIn = snapshot.compactedTo();
        this.bytes = snapshot.bytes();
    }

    /**
     * Adds the next message.
     *
     * @param stored the message's row, with its payload
     * @param payload the payload's key
     */
    void add(Message message, StoredMessage stored, long payload) {
        message.delta().addTo(values, 1);
        sequence++;
        head = stored.digest();
        addedIn = stored.includedIn();
        bytes += Objects.requireNonNull(stored.payload()).length;
        payloads.add(payload);
    }

    /** Returns the d values of g_i; the caller owns them. */
    public double[] values() {
        return values;
    }

    /** Returns the number of the last message; 0 if there is none. */
    public long sequence() {
        return sequence;
    }

    /** Returns the digest of the last message. */
    public long head() {
        return head;
    }

    /** Returns the round in which the last message was added; -1 if there is none. */
    int addedIn() {
        return addedIn;
    }

    /** Returns the number of the last message in the snapshot from which the vector was rebuilt; 0 if there is none. */
    long compacted() {
        return compacted;
    }

    /** Returns the number of messages read. */
    public long messagesRead() {
        return sequence - compacted;
    }

    /** Returns whether the vector was rebuilt from a snapshot. */
    public boolean hasSnapshot() {
        return compacted > 0;
    }

    /** Returns the keys of the payloads that were read. */
    List<Long> payloads() {
        return payloads;
    }

    /** Returns the snapshot that replaces the messages. */
    Snapshot toSnapshot() {
        return new Snapshot(sequence, head, addedIn, bytes, VectorFrames.encode(values));
    }
}
