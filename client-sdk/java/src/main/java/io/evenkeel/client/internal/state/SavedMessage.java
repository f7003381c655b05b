package io.evenkeel.client.internal.state;

import io.evenkeel.client.StateStore;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.wire.Message;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A saved message: the client's id, the round, the message's bytes, and the vectors that error feedback carries,
 * concatenated. A message that is never sent has two more fields after the round: the salt of its digest, and the
 * digest of its model and plan. After its vectors comes a 0, where earlier versions wrote the words with noise that
 * they masked in each attempt. The history of the round's model is at the end; earlier versions neither write nor read
 * it. The message is first saved as the staged one, and under its number once accepted.
 *
 * @param client the client's id
 * @param previous the digest of the previous message
 * @param size the size of the whole piece in bytes
 */
record SavedMessage(String client, long previous, long size, Pending pending) {

    static void write(StateStore store, String name, String client, Pending pending) {
        byte[] salt = pending.salt();
        StateFileFormat.write(store, name, salt == null ? StateFileFormat.MESSAGE : StateFileFormat.SALTED, out -> {
            StateFileFormat.putText(out, client);
            out.writeInt(pending.round());
            if (salt != null) {
                out.write(salt);
                out.write(pending.basis().toBytes());
            }
            out.writeInt(pending.message().length);
            out.write(pending.message());
            List<double[]> carry = pending.staged().carry();
            out.writeInt(carry.stream().mapToInt(vector -> vector.length).sum());
            for (double[] vector : carry) {
                StateFileFormat.putDoubles(out, vector);
            }
            if (salt != null) {
                out.writeInt(0);
            }
            if (pending.history() != null) {
                StateFileFormat.putText(out, pending.history());
            }
        });
    }

    /** @param salted whether the run's messages are never sent */
    static @Nullable SavedMessage read(StateStore store, String name, int dimension, boolean salted) {
        return StateFileFormat.read(store, name, salted ? StateFileFormat.SALTED : StateFileFormat.MESSAGE, in -> {
            try {
                return read(in, dimension, salted);
            } catch (WireException e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
        });
    }

    private static SavedMessage read(ByteBuffer in, int dimension, boolean salted) {
        int size = in.limit();
        String client = StateFileFormat.text(in);
        int round = in.getInt();
        byte[] salt = salted ? StateFileFormat.bytes(in, DeviceState.SALT_BYTES) : null;
        CohortBasis basis = salted ? new CohortBasis(StateFileFormat.bytes(in, CohortBasis.BYTES)) : null;
        byte[] bytes = StateFileFormat.bytes(in);
        List<double[]> carry = carried(in, dimension);
        Message message = Message.decode(bytes, FrameLimits.of(dimension));
        boolean hasHistory = (!salted || in.getInt() == 0) && in.hasRemaining();
        Pending pending = new Pending(
                round,
                hasHistory ? StateFileFormat.text(in) : null,
                message.sequence(),
                bytes,
                salt,
                basis,
                message.report().loss(),
                new Staged(message.delta(), carry));
        return new SavedMessage(client, message.previous(), size, pending);
    }

    private static List<double[]> carried(ByteBuffer in, int dimension) {
        int values = in.getInt();
        if (values < 0 || values % dimension != 0) {
            throw new IllegalArgumentException(
                    values + " carried values, expected a multiple of the model's " + dimension);
        }
        List<double[]> carry = new ArrayList<>();
        for (int i = 0; i < values / dimension; i++) {
            carry.add(StateFileFormat.doubles(in, dimension));
        }
        return carry;
    }
}
