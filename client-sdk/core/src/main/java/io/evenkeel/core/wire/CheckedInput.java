package io.evenkeel.core.wire;

import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.Crc32c;
import io.evenkeel.core.frame.LittleEndian;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Reads an {@link Encoding} from a stream with a buffer of 64 KiB, and checks its values and its checksum.
 * Not thread-safe.
 */
final class CheckedInput {

    private static final int PIECE = 1 << 16;

    private final InputStream in;
    private final java.util.zip.Checksum crc = Crc32c.create();
    private final byte[] piece = new byte[PIECE];
    private final ByteBuffer view = LittleEndian.view(piece);
    private int position;

    CheckedInput(InputStream in) {
        this.in = in;
    }

    /** Receives the values. */
    @FunctionalInterface
    interface Sink {
        void set(int number, double value);
    }

    /** Reads bytes of the head into a part of an array. */
    void head(byte[] head, int from, int to) throws IOException {
        fill(head, from, to - from);
    }

    /** Starts the checksum with the last part of the head. */
    void check(byte[] head, int from) {
        crc.reset();
        crc.update(head, from, head.length - from);
    }

    /** Reads values as float64 or float32. */
    void values(String what, boolean doubles, int count, Sink sink) throws IOException {
        int width = doubles ? Double.BYTES : Float.BYTES;
        int j = 0;
        while (j < count) {
            int start = position;
            int some = Math.min(PIECE / width, count - j);
            fill(piece, 0, some * width);
            crc.update(piece, 0, some * width);
            for (int i = 0; i < some; i++) {
                double value = doubles ? view.getDouble(i * width) : view.getFloat(i * width);
                if (!Double.isFinite(value)) {
                    throw new WireException(
                            Fault.INVALID_VALUE,
                            start + i * width,
                            "coordinate " + (j + i) + " of " + what + " to be " + value,
                            "a finite number");
                }
                sink.set(j + i, value);
            }
            j += some;
        }
    }

    /** Reads the checksum, and compares it. */
    void end() throws IOException {
        fill(piece, 0, Checksum.BYTES);
        int stored = view.getInt(0);
        int checksum = (int) crc.getValue();
        if (stored != checksum) {
            throw new WireException(
                    Fault.CORRUPTED,
                    position - Checksum.BYTES,
                    "checksum " + Integer.toHexString(stored),
                    Integer.toHexString(checksum) + " for everything before it");
        }
    }

    private void fill(byte[] bytes, int from, int count) throws IOException {
        int read = 0;
        while (read < count) {
            int more = in.read(bytes, from + read, count - read);
            if (more < 0) {
                throw new WireException(
                        Fault.TRUNCATED,
                        position + read,
                        "the end of the stream",
                        count - read + " or more bytes there");
            }
            read += more;
        }
        position += count;
    }
}
