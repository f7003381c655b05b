package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.member.MemberTable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row of the table {@code message}, with its payload unless compaction has deleted the payload. */
public final class StoredMessage {

    private final long member;
    private final int ordinal;
    private final int round;
    private final int includedIn;
    private final long sequence;
    private final long digest;
    private final Instant acceptedAt;
    private final int bytes;
    private final byte @Nullable [] payload;
    private final @Nullable String range;

    /**
     * Creates a row whose payload is not in a segment.
     *
     * @param member key of the sender's membership
     * @param ordinal the sender's ordinal
     * @param round the round of the model it was computed on
     * @param includedIn the round whose sum contains it
     * @param sequence its number in the sender's chain, from 1
     * @param digest digest of the payload
     * @param acceptedAt when it was accepted
     * @param bytes length of the payload, even if it is deleted
     * @param payload the message's bytes, not copied; null if they are deleted
     */
    public StoredMessage(
            long member,
            int ordinal,
            int round,
            int includedIn,
            long sequence,
            long digest,
            Instant acceptedAt,
            int bytes,
            byte @Nullable [] payload) {
        this(member, ordinal, round, includedIn, sequence, digest, acceptedAt, bytes, payload, null);
    }

    private StoredMessage(
            long member,
            int ordinal,
            int round,
            int includedIn,
            long sequence,
            long digest,
            Instant acceptedAt,
            int bytes,
            byte @Nullable [] payload,
            @Nullable String range) {
        this.member = member;
        this.ordinal = ordinal;
        this.round = round;
        this.includedIn = includedIn;
        this.sequence = sequence;
        this.digest = digest;
        this.acceptedAt = acceptedAt;
        this.bytes = bytes;
        this.payload = payload;
        this.range = range;
    }

    /**
     * Returns a copy of this row for insertion, with its payload in a segment.
     *
     * @param place the range of the payload, as in {@link io.evenkeel.coordinator.platform.storage.Segments}; null if
     *     it is not in a segment
     */
    StoredMessage in(@Nullable String place) {
        return new StoredMessage(
                member, ordinal, round, includedIn, sequence, digest, acceptedAt, bytes, payload, place);
    }

    /** Returns a copy of this row with its payload. */
    StoredMessage with(byte @Nullable [] bytesOfPayload) {
        return new StoredMessage(
                member, ordinal, round, includedIn, sequence, digest, acceptedAt, bytes, bytesOfPayload, null);
    }

    /** Returns the location of the payload, null if it is not in a segment. Only for rows to insert. */
    @Nullable
    String range() {
        return range;
    }

    /** Returns the key of the sender's membership. */
    public long member() {
        return member;
    }

    /** Returns the sender's ordinal. */
    public int ordinal() {
        return ordinal;
    }

    /** Returns the round of the model it was computed on. */
    public int round() {
        return round;
    }

    /** Returns the round whose sum contains it. */
    public int includedIn() {
        return includedIn;
    }

    /** Returns its number in the sender's chain, from 1. */
    public long sequence() {
        return sequence;
    }

    /** Returns the digest of the payload. */
    public long digest() {
        return digest;
    }

    /** Returns when it was accepted. */
    public Instant acceptedAt() {
        return acceptedAt;
    }

    /** Returns the length of the payload, even if it is deleted. */
    public int bytes() {
        return bytes;
    }

    /** Returns its link in the sender's chain. */
    public MemberTable.Link link() {
        return new MemberTable.Link(member, sequence, digest, round, bytes);
    }

    /** Returns the message's bytes, not copied; null if they are deleted. */
    public byte @Nullable [] payload() {
        return payload;
    }
}
