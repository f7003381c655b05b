package io.evenkeel.core.wire;

import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireReader;
import io.evenkeel.core.frame.WireWriter;
import java.io.IOException;
import java.io.InputStream;

/**
 * A device's copy of the coordinator's state, advanced by {@link RoundUpdate}s: the model x^k and the sum S
 * before round k is closed.
 *
 * <p>Takes ownership of the arrays passed to it and changes them. Not thread-safe.
 */
public final class Replica {

    private final int round;
    private final double[] x;
    private final double[] sum;

    /**
     * @param round the round k, from 0
     * @param x the model x^k: d finite values, d at least 1; not copied
     * @param sum the sum S: d finite values; not copied
     * @throws IllegalArgumentException if an argument is out of range
     */
    public Replica(int round, double[] x, double[] sum) {
        if (round < 0) {
            throw new IllegalArgumentException("round is " + round + ", expected at least 0");
        }
        if (x.length == 0 || sum.length != x.length) {
            throw new IllegalArgumentException("x has " + x.length + " values and the sum " + sum.length
                    + ", expected the same number, at least 1");
        }
        checkFinite("x", x);
        checkFinite("the sum", sum);
        this.round = round;
        this.x = x;
        this.sum = sum;
    }

    private static void checkFinite(String what, double[] values) {
        for (int j = 0; j < values.length; j++) {
            if (!Double.isFinite(values[j])) {
                throw new IllegalArgumentException(
                        "coordinate " + j + " of " + what + " is " + values[j] + ", expected a finite number");
            }
        }
    }

    /** Returns the round k of the model x. */
    public int round() {
        return round;
    }

    /** Returns the model x^k, not a copy. */
    public double[] x() {
        return x;
    }

    /** Returns the sum S, not a copy; zeros if none was sent. */
    public double[] sum() {
        return sum;
    }

    /**
     * Encodes the replica: x as float32 if that is exact, otherwise as float64; S as float64, or not at all if it is
     * zero.
     *
     * @throws IllegalArgumentException if it takes more than 2 GiB
     */
    public byte[] encode() {
        return encoding().toBytes();
    }

    /** Returns the bytes of {@link #encode}; x and S must not change until they are read. */
    public Encoding encoding() {
        int flags = flags();
        int d = x.length;
        byte[] header = new byte[ReplicaLayout.HEADER_BYTES];
        WireWriter out = new WireWriter(header, 0);
        FormatHeader.REPLICA.write(out, flags);
        out.i32(round);
        out.i32(d);
        boolean doubles = (flags & ReplicaLayout.DOUBLES) != 0;
        long values = (flags & ReplicaLayout.HAS_SUM) == 0 ? d : 2L * d;
        return new Encoding(header, 0, values, ReplicaLayout.bytes(flags, d) - header.length, (number, to) -> {
            if (number >= d) {
                to.f64(sum[(int) (number - d)]);
            } else if (doubles) {
                to.f64(x[(int) number]);
            } else {
                to.f32((float) x[(int) number]);
            }
        });
    }

    private int flags() {
        return (isFloats(x) ? 0 : ReplicaLayout.DOUBLES) | (isZero(sum) ? 0 : ReplicaLayout.HAS_SUM);
    }

    private static boolean isFloats(double[] values) {
        for (double value : values) {
            if ((float) value != value) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(double[] values) {
        long bits = 0;
        for (double value : values) {
            // Compares bits, since a negative zero must be decoded as one.
            bits |= Double.doubleToRawLongBits(value);
        }
        return bits == 0;
    }

    /**
     * Decodes a replica.
     *
     * @param bytes the array that contains the replica; not changed
     * @param offset the position of the first byte
     * @param length the exact length in bytes
     * @param dimension the number of coordinates d it must have
     * @throws WireException if the bytes are not one replica of that dimension; its position is an index into
     *     {@code bytes}
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public static Replica decode(byte[] bytes, int offset, int length, int dimension) {
        WireReader in = FormatHeader.REPLICA.open(bytes, offset, length, Integer.MAX_VALUE);
        int flags = in.u8("the flags");
        int round = in.i32("round");
        int found = in.i32("the dimension");
        checkExtent(in, offset, ReplicaLayout.bytes(flags, Integer.toUnsignedLong(found)));
        checkHeader(flags, round, found, offset, dimension);
        double[] x = values(in, "x", (flags & ReplicaLayout.DOUBLES) != 0, dimension);
        double[] sum =
                (flags & ReplicaLayout.HAS_SUM) == 0 ? new double[dimension] : values(in, "the sum", true, dimension);
        return new Replica(round, x, sum);
    }

    /**
     * Decodes a replica from a stream. Takes 64 KiB of memory in addition to the values.
     *
     * @param in the stream; not closed
     * @param length the length in bytes, at most the stream's length; bytes after it are not read
     * @param dimension the number of coordinates d it must have
     * @throws WireException if the bytes are not one replica of that dimension; its position is counted from
     *     the stream's start
     * @throws IOException if the stream fails
     */
    public static Replica read(InputStream in, long length, int dimension) throws IOException {
        return new ReplicaReader(in).read(length, dimension);
    }

    static void checkHeader(int flags, int round, int found, int offset, int dimension) {
        FormatHeader.checkFlags(flags, ReplicaLayout.KNOWN_FLAGS, offset + FormatHeader.FLAGS_OFFSET);
        if (round < 0) {
            throw new WireException(
                    Fault.INVALID_VALUE,
                    offset + Integer.BYTES,
                    "round " + Integer.toUnsignedString(round),
                    "0 to " + Integer.MAX_VALUE);
        }
        if (found != dimension) {
            throw new WireException(
                    Fault.WRONG_DIMENSION,
                    offset + 2 * Integer.BYTES,
                    "dimension " + Integer.toUnsignedString(found),
                    "" + dimension);
        }
    }

    /** Checks the length that the header declares, then the checksum, before any content is checked. */
    private static void checkExtent(WireReader in, int offset, long content) {
        in.need(content + Checksum.BYTES - (in.position() - offset), "x, the sum and the checksum");
        int checksum = offset + (int) content;
        if (!Checksum.matches(in.bytes(), offset, checksum)) {
            throw Checksum.corrupted(in.bytes(), offset, checksum);
        }
        int behind = in.end() - checksum - Checksum.BYTES;
        if (behind > 0) {
            throw new WireException(
                    Fault.TRAILING_BYTES, in.end() - behind, behind + " bytes after the replica", "its end");
        }
    }

    private static double[] values(WireReader in, String what, boolean doubles, int dimension) {
        double[] values = new double[dimension];
        for (int j = 0; j < dimension; j++) {
            int position = in.position();
            values[j] = doubles ? Double.longBitsToDouble(in.i64(what)) : Float.intBitsToFloat(in.i32(what));
            if (!Double.isFinite(values[j])) {
                throw new WireException(
                        Fault.INVALID_VALUE,
                        position,
                        "coordinate " + j + " of " + what + " to be " + values[j],
                        "a finite number");
            }
        }
        return values;
    }
}
