package io.evenkeel.client.internal.protocol;

/** The coordinator's state of a device: the frame of g_i, and the position of its chain. */
public final class MemberState {

    private final byte[] frame;
    private final long sequence;
    private final long head;

    MemberState(byte[] frame, long sequence, long head) {
        this.frame = frame;
        this.sequence = sequence;
        this.head = head;
    }

    /** Returns the frame of g_i, not copied. */
    public byte[] frame() {
        return frame;
    }

    /** Returns the number of accepted messages in g_i. */
    public long sequence() {
        return sequence;
    }

    /** Returns the digest of the last of them. */
    public long head() {
        return head;
    }
}
