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
     * @param stored its row, with its payload
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

    /** Returns the round in which that message was added, -1 for none. */
    int addedIn() {
        return addedIn;
    }

    /** Returns the number of the last message in the snapshot that it started from, 0 for none. */
    long compacted() {
        return compacted;
    }

    /** Returns how many messages were read. */
    public long messagesRead() {
        return sequence - compacted;
    }

    /** Returns whether it started from a snapshot. */
    public boolean hasSnapshot() {
        return compacted > 0;
    }

    /** Returns the keys of the payloads read since it was rebuilt. */
    List<Long> payloads() {
        return payloads;
    }

    /** Returns the snapshot that replaces its messages. */
    Snapshot toSnapshot() {
        return new Snapshot(sequence, head, addedIn, bytes, VectorFrames.encode(values));
    }
}
