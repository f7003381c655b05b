package io.evenkeel.client.internal.state;

import io.evenkeel.client.StateStore;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.FrameLimits;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.WireException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A saved message: the client's id, the round, the message's bytes, and the vector that error feedback carries over. It is saved as
 * the staged message first, and under its number once accepted.
 *
 * @param client the client's id
 * @param previous the digest of the previous message
 * @param size the bytes of the whole piece
 */
record SavedMessage(String client, long previous, long size, Pending pending) {

    static void write(StateStore store, String name, String client, Pending pending) {
        StateFileFormat.write(store, name, StateFileFormat.MESSAGE, out -> {
            StateFileFormat.putText(out, client);
            out.writeInt(pending.round());
            out.writeInt(pending.message().length);
            out.write(pending.message());
            double[] carry = pending.staged().carry();
            out.writeInt(carry == null ? 0 : carry.length);
            if (carry != null) {
                StateFileFormat.putDoubles(out, carry);
            }
        });
    }

    static @Nullable SavedMessage read(StateStore store, String name, int dimension) {
        return StateFileFormat.read(store, name, StateFileFormat.MESSAGE, in -> {
            try {
                return read(in, dimension);
            } catch (WireException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        });
    }

    private static SavedMessage read(ByteBuffer in, int dimension) {
        int size = in.limit();
        String client = StateFileFormat.text(in);
        int round = in.getInt();
        byte[] bytes = StateFileFormat.bytes(in);
        int carried = in.getInt();
        double[] carry = carried == 0 ? null : StateFileFormat.doubles(in, carried);
        Message message = Message.decode(bytes, FrameLimits.of(dimension));
        Pending pending =
                new Pending(round, message.sequence(), Digest.of(bytes), bytes, new Staged(message.delta(), carry));
        return new SavedMessage(client, message.previous(), size, pending);
    }
}
