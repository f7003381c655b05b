package io.evenkeel.core.wire;

import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireReader;
import java.io.IOException;
import java.io.InputStream;

/** Decodes a replica from a stream. Not thread-safe. */
final class ReplicaReader {

    private final CheckedInput in;

    ReplicaReader(InputStream in) {
        this.in = new CheckedInput(in);
    }

    Replica read(long length, int dimension) throws IOException {
        byte[] header = new byte[(int) Math.min(length, ReplicaLayout.HEADER_BYTES)];
        in.head(header, 0, header.length);
        in.check(header, 0);
        WireReader head = FormatHeader.REPLICA.open(header, 0, header.length, Integer.MAX_VALUE);
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
        in.end();
        return new Replica(round, x, sum);
    }

    private double[] values(String what, boolean doubles, int dimension) throws IOException {
        double[] values = new double[dimension];
        in.values(what, doubles, dimension, (j, value) -> values[j] = value);
        return values;
    }
}
