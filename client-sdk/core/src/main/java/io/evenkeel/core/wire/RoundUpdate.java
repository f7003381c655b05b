package io.evenkeel.core.wire;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.WireException.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one round did to the coordinator's sum S and how it stepped along it, such that a replica (x, S) can do the same, bit for bit:
 * set S to zero unless it is {@link #retained}, put the new values into it, then x_j -= factor * (S_j / divisor).
 *
 * <p>Immutable, if the array given to the constructor is left alone.
 */
public final class RoundUpdate {

    private final int round;
    private final boolean retained;
    private final double factor;
    private final double[] divisors;
    private final CompressedVector changes;

    /**
     * @param round the round k, from 0: the update leads from x^k to x^{k+1}
     * @param retained whether S persists over rounds; if not, it is this round's sum alone
     * @param factor the step's factor, finite
     * @param divisors one for all coordinates or one for each tensor, each finite and above 0; not copied
     * @param changes the new values of the coordinates of S that may have changed: float64 on all coordinates or listed ones
     * @throws IllegalArgumentException if one of them is not so
     */
    public RoundUpdate(int round, boolean retained, double factor, double[] divisors, CompressedVector changes) {
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
        if (!isChanges(changes)) {
            throw new IllegalArgumentException(
                    "the changes are " + changes + ", expected float64 values on all coordinates or listed ones");
        }
        this.round = round;
        this.retained = retained;
        this.factor = factor;
        this.divisors = divisors;
        this.changes = changes;
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

    /** Returns the new values of the sum's coordinates. */
    public CompressedVector changes() {
        return changes;
    }

    /**
     * Brings a replica's sum from before the round to after it. The step along it is the caller's to take.
     *
     * @param sum d values
     * @throws IllegalArgumentException if it has another length
     */
    public void applyTo(double[] sum) {
        if (sum.length != changes.dimension()) {
            throw new IllegalArgumentException(
                    "the sum has " + sum.length + " values, expected " + changes.dimension());
        }
        if (!retained) {
            Arrays.fill(sum, 0);
        }
        for (int j = 0; j < changes.count(); j++) {
            sum[changes.index(j)] = changes.value(j);
        }
    }

    /**
     * Encodes the update; it says itself where it ends.
     *
     * @throws IllegalArgumentException if it takes more than 2 GiB
     */
    public byte[] encode() {
        FrameWriter frame = new FrameWriter(changes);
        long header = UpdateLayout.DIVISORS_OFFSET + (long) Double.BYTES * divisors.length + Checksum.BYTES;
        byte[] bytes = WireWriter.allocate(header + frame.bytes());
        WireWriter out = new WireWriter(bytes, 0);
        Envelope.UPDATE.write(out, retained ? UpdateLayout.RETAINED : 0);
        out.i32(bytes.length);
        out.i32(round);
        out.f64(factor);
        out.i32(divisors.length);
        for (double divisor : divisors) {
            out.f64(divisor);
        }
        out.checksum(0);
        frame.write(out);
        return bytes;
    }

    /**
     * Decodes one update.
     *
     * @param bytes what it lies in; left alone
     * @param offset where it begins
     * @param length its bytes: it must end there
     * @param limits what to take in; {@code maxBytes} is of the whole update
     * @throws WireException if the bytes are not one update within the limits, with the position in {@code bytes}
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public static RoundUpdate decode(byte[] bytes, int offset, int length, FrameLimits limits) {
        UpdateReader reader = new UpdateReader(bytes, offset, length, limits);
        RoundUpdate update = reader.read();
        if (reader.hasNext()) {
            throw new WireException(
                    Fault.TRAILING_BYTES, reader.position(), "more bytes behind the round update", "its end");
        }
        return update;
    }

    /**
     * Decodes updates of consecutive rounds that lie one behind the other, possibly none. To have only one of them in memory at a time
     * use an {@link UpdateReader}.
     *
     * @throws WireException if the bytes are not updates within the limits, or a round does not follow on the one before
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public static List<RoundUpdate> decodeAll(byte[] bytes, int offset, int length, FrameLimits limits) {
        List<RoundUpdate> updates = new ArrayList<>();
        new UpdateReader(bytes, offset, length, limits).forEachRemaining(updates::add);
        return List.copyOf(updates);
    }
}
