package io.evenkeel.client.internal.state;

import io.evenkeel.client.StateException;
import io.evenkeel.client.StateStore;
import io.evenkeel.core.frame.Crc32c;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.Buffer;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.zip.CheckedOutputStream;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * The format of a stored piece of state, big-endian:
 *
 * <pre>
 *   0  magic "EVKS"
 *   4  version, 1
 *   5  kind: 'S' snapshot, 'M' message, 'A' message with salt, 'L' the cost of private messages, 'V' round of the last reveal,
 *      'T' attempts with masked vectors, 'R' number of private messages of a run, written by earlier versions
 *   6  content
 *  -4  CRC-32C of everything before it
 * </pre>
 */
final class StateFileFormat {

    static final byte SNAPSHOT = 'S';
    static final byte MESSAGE = 'M';
    static final byte SALTED = 'A';
    static final byte LEDGER = 'L';
    static final byte RELEASES = 'R';
    static final byte REVEALED = 'V';
    static final byte MASKED = 'T';

    private static final int MAGIC = 0x45564B53;
    private static final byte VERSION = 1;
    private static final int HEADER = 6;
    private static final int CHUNK = 1 << 16;

    private StateFileFormat() {}

    /** The content of a piece. */
    @FunctionalInterface
    interface Content {

        void writeTo(DataOutputStream out) throws IOException;
    }

    static void write(StateStore store, String name, byte kind, Content content) {
        store.write(name, raw -> {
            CheckedOutputStream checked = new CheckedOutputStream(raw, Crc32c.create());
            DataOutputStream out = new DataOutputStream(checked);
            out.writeInt(MAGIC);
            out.writeByte(VERSION);
            out.writeByte(kind);
            content.writeTo(out);
            out.flush();
            out.writeInt((int) checked.getChecksum().getValue());
        });
    }

    /**
     * Reads a piece, or returns null if there is none.
     *
     * @throws StateException if the piece is damaged or has another version
     */
    static <T> @Nullable T read(StateStore store, String name, byte kind, Function<ByteBuffer, T> content) {
        byte[] bytes = store.read(name);
        if (bytes == null) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (bytes.length < HEADER + Integer.BYTES || in.getInt() != MAGIC) {
            throw damaged(
                    store, name, "it has " + bytes.length + " bytes and does not begin like a piece of state", null);
        }
        Checksum crc = Crc32c.create();
        crc.update(bytes, 0, bytes.length - Integer.BYTES);
        int stored = in.getInt(bytes.length - Integer.BYTES);
        if (stored != (int) crc.getValue()) {
            throw damaged(store, name, String.format("checksum %08x, stored %08x", (int) crc.getValue(), stored), null);
        }
        int version = in.get();
        if (version != VERSION) {
            throw new StateException(store.describe(name) + " has version " + version
                    + ", but this client reads version " + VERSION + ": use the client that wrote it, or a newer one");
        }
        int found = in.get();
        if (found != kind) {
            throw damaged(store, name, "kind " + (char) found + ", expected " + (char) kind, null);
        }
        try {
            ((Buffer) in).limit(bytes.length - Integer.BYTES);
            return content.apply(in);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw damaged(store, name, "its content is inconsistent", e);
        }
    }

    static StateException damaged(StateStore store, String name, String how, @Nullable Throwable cause) {
        return new StateException(
                store.describe(name) + " is damaged (" + how + "): remove this run's files from the state and start "
                        + "again; the device then adopts the coordinator's state",
                cause);
    }

    static void putText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static String text(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    static byte[] bytes(ByteBuffer in) {
        return bytes(in, in.getInt());
    }

    static byte[] bytes(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    static void putDoubles(OutputStream out, double[] values) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        for (int from = 0; from < values.length; from += CHUNK / Double.BYTES) {
            int count = Math.min(CHUNK / Double.BYTES, values.length - from);
            chunk.asDoubleBuffer().put(values, from, count);
            out.write(chunk.array(), 0, count * Double.BYTES);
        }
    }

    static double[] doubles(ByteBuffer in, int count) {
        if ((long) count * Double.BYTES > in.remaining()) {
            throw new BufferUnderflowException();
        }
        double[] values = new double[count];
        in.asDoubleBuffer().get(values);
        ((Buffer) in).position(in.position() + count * Double.BYTES);
        return values;
    }
}
