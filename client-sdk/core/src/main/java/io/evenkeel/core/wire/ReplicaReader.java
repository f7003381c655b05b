package io.evenkeel.core.wire;

import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.Crc32c;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.LittleEndian;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Decodes a replica from a stream with a buffer of 64 KiB. Not thread-safe. */
final class ReplicaReader {

    private static final int PIECE = 1 << 16;

    private final InputStream in;
    private final java.util.zip.Checksum crc = Crc32c.create();
    private final byte[] piece = new byte[PIECE];
    private final ByteBuffer view = LittleEndian.view(piece);
    private int position;

    ReplicaReader(InputStream in) {
        this.in = in;
    }

    Replica read(long length, int dimension) throws IOException {
        int header = fill((int) Math.min(length, ReplicaLayout.HEADER_BYTES));
        WireReader head = FormatHeader.REPLICA.open(piece, 0, header, Integer.MAX_VALUE);
        int flags = head.u8("the flags");
        int round = head.i32("round");
        int found = head.i32("the dimension");
        long expected = ReplicaLayout.bytes(flags, Integer.toUnsignedLong(found)) + Checksum.BYTES;
        if (length != expected) {
            throw new WireException(
                    length < expected ? Fault.TRUNCATED : Fault.TRAILING_BYTES,
                    (int) Math.min(length, Integer.MAX_VALUE),
                    length + " bytes",
                    expected + " bytes: the header, x, the sum and the checksum");
        }
        Replica.checkHeader(flags, round, found, 0, dimension);
        double[] x = values("x", (flags & ReplicaLayout.DOUBLES) != 0, dimension);
        double[] sum =
                (flags & ReplicaLayout.HAS_SUM) == 0 ? new double[dimension] : values("the sum", true, dimension);
        int checksum = (int) crc.getValue();
        fill(Checksum.BYTES);
        int stored = view.getInt(0);
        if (stored != checksum) {
            throw new WireException(
                    Fault.CORRUPTED,
                    position - Checksum.BYTES,
                    "checksum " + Integer.toHexString(stored),
                    Integer.toHexString(checksum) + " for everything before it");
        }
        return new Replica(round, x, sum);
    }

    private double[] values(String what, boolean doubles, int dimension) throws IOException {
        double[] values = new double[dimension];
        int width = doubles ? Double.BYTES : Float.BYTES;
        int j = 0;
        while (j < dimension) {
            int start = position;
            int count = Math.min(PIECE / width, dimension - j);
            fill(count * width);
            for (int i = 0; i < count; i++) {
                double value = doubles ? view.getDouble(i * width) : view.getFloat(i * width);
                if (!Double.isFinite(value)) {
                    throw new WireException(
                            Fault.INVALID_VALUE,
                            start + i * width,
                            "coordinate " + (j + i) + " of " + what + " to be " + value,
                            "a finite number");
                }
                values[j + i] = value;
            }
            j += count;
        }
        return values;
    }

    /** Reads {@code count} bytes to the start of the buffer. */
    private int fill(int count) throws IOException {
        int read = 0;
        while (read < count) {
            int more = in.read(piece, read, count - read);
            if (more < 0) {
                throw new WireException(
                        Fault.TRUNCATED,
                        position + read,
                        "the end of the stream",
                        count - read + " or more bytes there");
            }
            read += more;
        }
        crc.update(piece, 0, count);
        position += count;
        return count;
    }
}
