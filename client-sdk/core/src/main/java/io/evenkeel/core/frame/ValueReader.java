package io.evenkeel.core.frame;

import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.WireException.Fault;
import java.nio.ByteBuffer;

/** Reads the value section of a frame. */
final class ValueReader {

    private static final int BF16_DROPPED = 16;

    private final WireReader in;
    private final Support support;
    private final double[] values;

    private ValueReader(WireReader in, Support support) {
        this.in = in;
        this.support = support;
        this.values = new double[support.count()];
    }

    static double[] read(WireReader in, Support support, ValueCoding coding) {
        ValueReader reader = new ValueReader(in, support);
        switch (coding) {
            case FLOAT32 -> reader.float32();
            case FLOAT64 -> reader.float64();
            case BF16 -> reader.bf16();
            case NATURAL -> reader.natural();
            case SIGN -> reader.sign();
            case LOG4, LOG5, LOG6, LOG7, LOG8 -> LogReader.read(in, coding, reader.values);
        }
        return reader.values;
    }

    private void float32() {
        // One check of the total length replaces a check for each value.
        in.need((long) Float.BYTES * values.length, "the values");
        ByteBuffer view = in.view();
        int start = in.position();
        for (int j = 0; j < values.length; j++) {
            float value = view.getFloat(start + Float.BYTES * j);
            if (!Float.isFinite(value)) {
                in.moveTo(start + Float.BYTES * (j + 1));
                put(j, value, Float.BYTES);
            }
            values[j] = value;
        }
        in.moveTo(start + Float.BYTES * values.length);
    }

    private void float64() {
        for (int j = 0; j < values.length; j++) {
            put(j, Double.longBitsToDouble(in.i64("a value")), Double.BYTES);
        }
    }

    private void bf16() {
        for (int j = 0; j < values.length; j++) {
            put(j, Float.intBitsToFloat(in.i16("a value") << BF16_DROPPED), Short.BYTES);
        }
    }

    private void put(int j, double value, int width) {
        if (!Double.isFinite(value)) {
            throw new WireException(
                    Fault.INVALID_VALUE,
                    in.position() - width,
                    "value " + j + ", of coordinate " + support.index(j) + ", to be " + value,
                    "a finite number");
        }
        values[j] = value;
    }

    private void natural() {
        int start = in.position();
        int largest = in.i16("the largest exponent");
        boolean reached = false;
        boolean zeros = true;
        for (int j = 0; j < values.length; j++) {
            int code = in.u8("a value");
            values[j] = natural(code, largest);
            reached |= (code & FrameLayout.NATURAL_ZERO) == 0;
            zeros &= code == FrameLayout.NATURAL_ZERO;
        }
        if (zeros ? largest != 0 : !reached) {
            throw new WireException(
                    Fault.NOT_CANONICAL,
                    start,
                    "largest exponent " + largest,
                    zeros ? "0, since every value is zero" : "one that a value has");
        }
    }

    private double natural(int code, int largest) {
        int below = code & FrameLayout.NATURAL_ZERO;
        boolean negative = code >= FrameLayout.NATURAL_SIGN;
        if (below == FrameLayout.NATURAL_ZERO) {
            if (negative) {
                throw new WireException(Fault.NOT_CANONICAL, in.position() - 1, "a negative zero, ff", "7f for zero");
            }
            return 0;
        }
        int exponent = largest - below;
        if (exponent < PowerOfTwo.MIN_EXPONENT || exponent > Double.MAX_EXPONENT) {
            throw new WireException(
                    Fault.INVALID_VALUE,
                    in.position() - 1,
                    "the exponent " + exponent,
                    PowerOfTwo.MIN_EXPONENT + " to " + Double.MAX_EXPONENT);
        }
        return negative ? -PowerOfTwo.of(exponent) : PowerOfTwo.of(exponent);
    }

    private void sign() {
        int start = in.position();
        float scale = in.scale();
        if (values.length == 0 && scale != 0) {
            throw new WireException(Fault.NOT_CANONICAL, start, "scale " + scale, "0, since there are no values");
        }
        BitReader signs = new BitReader(in, "signs");
        for (int j = 0; j < values.length; j++) {
            values[j] = signs.read(1) == 0 ? scale : -scale;
        }
        in.moveTo(signs.finish());
    }
}
