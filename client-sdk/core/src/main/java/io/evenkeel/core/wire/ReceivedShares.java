package io.evenkeel.core.wire;

import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.secagg.EncryptedShares;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/**
 * Converts the frames of shares that members sent into the frames that members receive. Reads one frame at a
 * time and keeps only the frames of its receivers, so a large cohort can be processed in blocks. Not
 * thread-safe.
 */
public final class ReceivedShares {

    private final Map<Integer, SecAggWriter> frames = new TreeMap<>();
    private final int each;
    private int lastSender = -1;

    /**
     * @param receivers the ordinals of the members for which to make frames
     * @param each the number of shares that each of them receives
     */
    public ReceivedShares(Collection<Integer> receivers, int each) {
        this.each = each;
        receivers.forEach(receiver ->
                frames.put(receiver, SecAggFrames.list(SecAggLayout.SHARES, each, SecAggLayout.SHARES_BYTES)));
    }

    /** Returns the length of the frame of a member that receives {@code each} shares. */
    public static int bytes(int each) {
        return SecAggLayout.FRAME_BYTES + SecAggLayout.COUNT_BYTES + SecAggLayout.SHARES_BYTES * each;
    }

    /**
     * Adds the shares that a member sent. Shares for other members are ignored.
     *
     * @param sender the member's ordinal, higher than the previous sender's
     * @throws WireException if the frame is damaged
     */
    public void add(int sender, byte[] frame) {
        if (sender <= lastSender) {
            throw new IllegalArgumentException(
                    "member " + sender + " after " + lastSender + ", expected each once, ascending");
        }
        lastSender = sender;
        SecAggReader in = SecAggReader.open(frame, SecAggLayout.SHARES);
        int count = in.u16("the count of shares");
        in.expectEnd((long) SecAggLayout.SHARES_BYTES * count);
        for (int i = 0; i < count; i++) {
            SecAggWriter out = frames.get(in.nextMember());
            if (out == null) {
                in.skip(EncryptedShares.BYTES, "shares");
            } else {
                if (out.left() == 0) {
                    throw new IllegalStateException("a member has more than the " + each + " shares that it receives");
                }
                out.i32(sender);
                out.bytes(in.bytes(EncryptedShares.BYTES, "shares"));
            }
        }
    }

    /**
     * Returns the frames by receiver; called once, after the last sender.
     *
     * @throws IllegalStateException if a receiver has a different number of shares
     */
    public Map<Integer, byte[]> frames() {
        Map<Integer, byte[]> done = new TreeMap<>();
        frames.forEach((receiver, frame) -> {
            if (frame.left() != 0) {
                throw new IllegalStateException(
                        "member " + receiver + " has fewer than the " + each + " shares that it receives");
            }
            done.put(receiver, frame.end());
        });
        return done;
    }
}
