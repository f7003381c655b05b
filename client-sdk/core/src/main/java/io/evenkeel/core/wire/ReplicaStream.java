package io.evenkeel.core.wire;

import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.Crc32c;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.WireWriter;
import java.io.InputStream;
import java.util.Objects;

/**
 * Encodes a replica in pieces while it is read, so that no second copy of the replica is needed. Not thread-safe.
 */
final class ReplicaStream extends InputStream {

    private static final int PIECE = 1 << 16;

    private final Replica replica;
    private final int flags;
    private final long values;
    private final java.util.zip.Checksum crc = Crc32c.create();
    private final byte[] piece = new byte[PIECE];
    private int position;
    private int limit;
    /** The next value to encode: x, then S. */
    private long next;

    private boolean ended;

    /** @param flags the flags of {@link ReplicaLayout} */
    ReplicaStream(Replica replica, int flags) {
        this.replica = replica;
        this.flags = flags;
        int d = replica.x().length;
        this.values = (flags & ReplicaLayout.HAS_SUM) == 0 ? d : 2L * d;
        WireWriter out = new WireWriter(piece, 0);
        FormatHeader.REPLICA.write(out, flags);
        out.i32(replica.round());
        out.i32(d);
        limit = out.position();
        crc.update(piece, 0, limit);
    }

    @Override
    public int read() {
        return isExhausted() ? -1 : piece[position++] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (isExhausted()) {
            return -1;
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(piece, position, bytes, offset, count);
        position += count;
        return count;
    }

    /** Encodes the next piece if the current one has been read; returns whether the end is reached. */
    private boolean isExhausted() {
        if (position < limit) {
            return false;
        }
        if (ended) {
            return true;
        }
        position = 0;
        WireWriter out = new WireWriter(piece, 0);
        while (next < values && out.position() + Double.BYTES <= PIECE) {
            write(out);
            next++;
        }
        crc.update(piece, 0, out.position());
        if (next == values && out.position() + Checksum.BYTES <= PIECE) {
            out.i32((int) crc.getValue());
            ended = true;
        }
        limit = out.position();
        return false;
    }

    private void write(WireWriter out) {
        int d = replica.x().length;
        if (next >= d) {
            out.f64(replica.sum()[(int) (next - d)]);
        } else if ((flags & ReplicaLayout.DOUBLES) != 0) {
            out.f64(replica.x()[(int) next]);
        } else {
            out.f32((float) replica.x()[(int) next]);
        }
    }
}
