package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Response;
import io.evenkeel.client.internal.http.PrintableText;
import io.evenkeel.core.wire.Digest;

/** The coordinator's state of a device: the frame of g_i, and the position in its chain of messages. */
public final class MemberState {

    private final byte[] frame;
    private final long sequence;
    private final long head;

    MemberState(byte[] frame, long sequence, long head) {
        this.frame = frame;
        this.sequence = sequence;
        this.head = head;
    }

    /** Parses a response. */
    static MemberState of(Response response) {
        return new MemberState(
                response.body(),
                sequence(header(response, "Evenkeel-Sequence")),
                head(header(response, "Evenkeel-Head")));
    }

    private static String header(Response answer, String name) {
        return answer.header(name)
                .orElseThrow(() -> new EvenkeelException("the coordinator's response lacks the header " + name
                        + ": check that no proxy removes it, and that its version matches this client's"));
    }

    private static long head(String text) {
        try {
            return Digest.parseHex(text);
        } catch (IllegalArgumentException e) {
            throw new EvenkeelException(
                    "the header Evenkeel-Head is wrong: " + PrintableText.of(String.valueOf(e.getMessage())), e);
        }
    }

    private static long sequence(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new EvenkeelException(
                    "the header Evenkeel-Sequence is '" + PrintableText.of(text) + "', expected an integer", e);
        }
    }

    /** Returns the frame of g_i, not copied. */
    public byte[] frame() {
        return frame;
    }

    /** Returns the number of accepted messages in g_i. */
    public long sequence() {
        return sequence;
    }

    /** Returns the digest of the last of these messages. */
    public long head() {
        return head;
    }
}
