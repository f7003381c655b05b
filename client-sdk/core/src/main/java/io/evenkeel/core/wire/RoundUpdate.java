package io.evenkeel.core.wire;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.Checksum;
import io.evenkeel.core.frame.FormatHeader;
import io.evenkeel.core.frame.FrameHead;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.frame.WireException.Fault;
import io.evenkeel.core.frame.WireWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * One round's change of the coordinator's sum S and its step, from which a replica (x, S) computes the same
 * bits: set S to zero unless it is {@link #retained}, set the new values, then
 * {@code x_j -= factor * (S_j / divisor)}.
 *
 * <p>Immutable as long as the caller does not change the array passed to the constructor.
 */
public final class RoundUpdate {

    private final int round;
    private final boolean retained;
    private final double factor;
    private final double[] divisors;
    private final Support changed;
    private final IntToDoubleFunction values;

    /**
     * @param round the round k, from 0: the update leads from x^k to x^{k+1}
     * @param retained whether S persists over rounds; if not, it is this round's sum only
     * @param factor the step's factor, finite
     * @param divisors one for all coordinates or one for each tensor, each finite and above 0; not copied
     * @param changes the new values of the coordinates of S that may have changed: float64 on all coordinates or listed
     *     ones
     * @throws IllegalArgumentException if an argument is out of range
     */
    public RoundUpdate(int round, boolean retained, double factor, double[] divisors, CompressedVector changes) {
        this(round, retained, factor, divisors, changes.support(), changes::value);
        if (!isChanges(changes)) {
            throw new IllegalArgumentException(
                    "the changes are " + changes + ", expected float64 values on all coordinates or listed ones");
        }
    }

    private RoundUpdate(
            int round,
            boolean retained,
            double factor,
            double[] divisors,
            Support changed,
            IntToDoubleFunction values) {
        if (round < 0) {
            throw new IllegalArgumentException("round is " + round + ", expected at least 0");
        }
        if (!Double.isFinite(factor)) {
            throw new IllegalArgumentException("factor is " + factor + ", expected a finite number");
        }
        if (divisors.length == 0) {
            throw new IllegalArgumentException("there is no divisor, expected one, or one for each tensor");
        }
        for (int i = 0; i < divisors.length; i++) {
            if (!isDivisor(divisors[i])) {
                throw new IllegalArgumentException(
                        "divisor " + i + " is " + divisors[i] + ", expected a finite number above 0");
            }
        }
        this.round = round;
        this.retained = retained;
        this.factor = factor;
        this.divisors = divisors;
        this.changed = changed;
        this.values = values;
    }

    /**
     * Returns an update that refers to the values in S, which must not change while the update is in use.
     *
     * @param changed the coordinates of S that may have changed: all or listed ones
     * @param sum S after the round, d finite values; not copied
     * @throws IllegalArgumentException if another argument is out of range
     */
    public static RoundUpdate of(
            int round, boolean retained, double factor, double[] divisors, Support changed, double[] sum) {
        return new RoundUpdate(round, retained, factor, divisors, changed, j -> sum[changed.index(j)]);
    }

    static boolean isDivisor(double value) {
        return value > 0 && Double.isFinite(value);
    }

    static boolean isChanges(CompressedVector changes) {
        return changes.coding() == ValueCoding.FLOAT64
                && (changes.support() instanceof Support.All || changes.support() instanceof Support.Listed);
    }

    /** Returns the round k; the update leads from x^k to x^{k+1}. */
    public int round() {
        return round;
    }

    /** Returns whether the sum persists over rounds. */
    public boolean retained() {
        return retained;
    }

    /** Returns the step's factor. */
    public double factor() {
        return factor;
    }

    /** Returns a copy of the step's divisors: one, or one for each tensor. */
    public double[] divisors() {
        return divisors.clone();
    }

    /** Returns a copy of the new values of the sum's coordinates. */
    public CompressedVector changes() {
        double[] copy = new double[changed.count()];
        for (int j = 0; j < copy.length; j++) {
            copy[j] = values.applyAsDouble(j);
        }
        return new CompressedVector(changed, ValueCoding.FLOAT64, copy);
    }

    /**
     * Advances a replica's sum to its value after the round. The caller takes the step.
     *
     * @param sum d values
     * @throws IllegalArgumentException if the sum has a different length
     */
    public void applyTo(double[] sum) {
        if (sum.length != changed.dimension()) {
            throw new IllegalArgumentException(
                    "the sum has " + sum.length + " values, expected " + changed.dimension());
        }
        if (!retained) {
            Arrays.fill(sum, 0);
        }
        for (int j = 0; j < changed.count(); j++) {
            sum[changed.index(j)] = values.applyAsDouble(j);
        }
    }

    /**
     * Encodes the update; the encoding contains its own length.
     *
     * @throws IllegalArgumentException if it takes more than 2 GiB
     */
    public byte[] encode() {
        return encoding().toBytes();
    }

    /**
     * Returns the encoding without buffering the values; the part before them takes at most an eighth of a byte for
     * each coordinate.
     *
     * @throws IllegalArgumentException if it is larger than 2 GiB
     */
    public Encoding encoding() {
        FrameHead frame = new FrameHead(changed, ValueCoding.FLOAT64);
        int start = UpdateLayout.DIVISORS_OFFSET + Double.BYTES * divisors.length + Checksum.BYTES;
        byte[] head = WireWriter.allocate(start + frame.bytes());
        long valueBytes = (long) Double.BYTES * changed.count();
        WireWriter out = new WireWriter(head, 0);
        FormatHeader.UPDATE.write(out, retained ? UpdateLayout.RETAINED : 0);
        out.i32(WireWriter.checkedSize(head.length + valueBytes + Checksum.BYTES));
        out.i32(round);
        out.f64(factor);
        out.i32(divisors.length);
        for (double divisor : divisors) {
            out.f64(divisor);
        }
        out.checksum(0);
        frame.write(out);
        return new Encoding(
                head,
                start,
                changed.count(),
                valueBytes,
                (number, values) -> values.f64(this.values.applyAsDouble((int) number)));
    }

    /**
     * Decodes an update from a stream, and applies it to a sum while reading, as {@link #applyTo} does. The values take
     * no further memory, and the coordinates four bytes each.
     *
     * @param sum d values; undefined after an exception
     * @param in the stream; not closed
     * @param length the length in bytes, at most the stream's length; bytes after it are not read
     * @param limits the limits to check
     * @return the update, whose values stay in the sum
     * @throws WireException if the bytes are not one update within the limits; its position is counted from the
     *     stream's start
     * @throws IOException if the stream fails
     */
    public static RoundUpdate applyTo(double[] sum, InputStream in, long length, FrameLimits limits)
            throws IOException {
        return new UpdateStreamReader(in, length, limits).applyTo(sum);
    }

    /**
     * Decodes one update.
     *
     * @param bytes the array that contains the update; not changed
     * @param offset the position of the first byte
     * @param length the exact length in bytes
     * @param limits the limits to check; {@code maxBytes} applies to the whole update
     * @throws WireException if the bytes are not one update within the limits; its position is an index into
     *     {@code bytes}
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public static RoundUpdate decode(byte[] bytes, int offset, int length, FrameLimits limits) {
        UpdateReader reader = new UpdateReader(bytes, offset, length, limits);
        RoundUpdate update = reader.read();
        if (reader.hasNext()) {
            throw new WireException(
                    Fault.TRAILING_BYTES, reader.position(), "more bytes after the round update", "its end");
        }
        return update;
    }

    /**
     * Decodes updates of consecutive rounds, possibly none. An {@link UpdateReader} keeps only one of them in memory at
     * a time.
     *
     * @throws WireException if the bytes are not updates within the limits, or their rounds are not consecutive
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public static List<RoundUpdate> decodeAll(byte[] bytes, int offset, int length, FrameLimits limits) {
        List<RoundUpdate> updates = new ArrayList<>();
        new UpdateReader(bytes, offset, length, limits).forEachRemaining(updates::add);
        return List.copyOf(updates);
    }
}
