package io.evenkeel.client.internal.protocol;

/** What the coordinator holds of a device: the frame of g_i, and where its chain stands. */
public final class MemberState {

    private final byte[] frame;
    private final long sequence;
    private final long head;

    MemberState(byte[] frame, long sequence, long head) {
        this.frame = frame;
        this.sequence = sequence;
        this.head = head;
    }

    /** Returns the frame of g_i, live. */
    public byte[] frame() {
        return frame;
    }

    /** Returns the number of accepted messages g_i is the sum of. */
    public long sequence() {
        return sequence;
    }

    /** Returns the digest of the last of them. */
    public long head() {
        return head;
    }
}
