package io.evenkeel.engine.message;

import io.evenkeel.core.wire.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * The reference to a message in a round's sum.
 *
 * @param ordinal the sender's ordinal
 * @param round the round of the model it was computed on
 * @param sequence its number in the client's chain
 * @param digest its digest
 * @param bytes its length
 */
public record IncludedMessage(int ordinal, int round, long sequence, long digest, int bytes) {

    /** Returns the SHA-256 of the messages of a round, in the order in which they are added, 28 bytes each. */
    public static String hash(List<IncludedMessage> messages) {
        MessageDigest hash = Digest.sha256();
        ByteBuffer row = ByteBuffer.allocate(3 * Integer.BYTES + 2 * Long.BYTES);
        for (IncludedMessage message : messages) {
            row.clear();
            row.putInt(message.ordinal).putInt(message.round).putLong(message.sequence);
            hash.update(row.putLong(message.digest).putInt(message.bytes).array());
        }
        return HexFormat.of().formatHex(hash.digest());
    }
}
