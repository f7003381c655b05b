package io.evenkeel.core.frame;

import io.evenkeel.core.compress.CompressedVector;
import org.jspecify.annotations.Nullable;

/** Writes the value section of a frame. Rejects values that would not be decoded to the same bits. */
final class ValueWriter {

    private static final int BF16_DROPPED = 16;

    private final CompressedVector vector;
    private final @Nullable LogWriter log;

    ValueWriter(CompressedVector vector) {
        this.vector = vector;
        this.log = vector.coding().isLog() ? new LogWriter(vector) : null;
    }

    long bytes() {
        return log == null ? FrameLayout.leastValueBytes(vector.coding(), vector.count()) : log.bytes();
    }

    void write(WireWriter out) {
        if (log != null) {
            log.write(out);
            return;
        }
        switch (vector.coding()) {
            case FLOAT32 -> float32(out);
            case FLOAT64 -> float64(out);
            case BF16 -> bf16(out);
            case NATURAL -> natural(out);
            case SIGN -> sign(out);
            case LOG4, LOG5, LOG6, LOG7, LOG8 ->
                throw new IllegalStateException(vector.coding().text() + " is written by LogWriter");
        }
    }

    private void float64(WireWriter out) {
        for (int j = 0; j < vector.count(); j++) {
            out.f64(vector.value(j));
        }
    }

    private void float32(WireWriter out) {
        for (int j = 0; j < vector.count(); j++) {
            out.f32(exactFloat(j));
        }
    }

    private void bf16(WireWriter out) {
        for (int j = 0; j < vector.count(); j++) {
            int bits = Float.floatToRawIntBits(exactFloat(j));
            if ((bits & ((1 << BF16_DROPPED) - 1)) != 0) {
                throw unrepresentable(vector, j);
            }
            out.i16(bits >>> BF16_DROPPED);
        }
    }

    private void natural(WireWriter out) {
        double largest = 0;
        for (int j = 0; j < vector.count(); j++) {
            largest = Math.max(largest, Math.abs(vector.value(j)));
        }
        int largestExponent = largest == 0 ? 0 : PowerOfTwo.exponent(largest);
        out.i16(largestExponent);
        for (int j = 0; j < vector.count(); j++) {
            out.u8(naturalCode(j, largestExponent));
        }
    }

    private int naturalCode(int j, int largestExponent) {
        double value = vector.value(j);
        if (Double.doubleToRawLongBits(value) == 0) {
            return FrameLayout.NATURAL_ZERO;
        }
        int below = largestExponent - PowerOfTwo.exponent(value);
        if (!PowerOfTwo.is(value) || below >= FrameLayout.NATURAL_ZERO) {
            throw unrepresentable(vector, j);
        }
        return value < 0 ? FrameLayout.NATURAL_SIGN | below : below;
    }

    private void sign(WireWriter out) {
        float scale = vector.count() == 0 ? 0 : Math.abs(exactFloat(0));
        out.f32(scale);
        BitWriter bits = new BitWriter(out.bytes(), out.position());
        for (int j = 0; j < vector.count(); j++) {
            double value = vector.value(j);
            if (Math.abs(value) != scale) {
                throw unrepresentable(vector, j);
            }
            bits.write((int) (Double.doubleToRawLongBits(value) >>> 63), 1);
        }
        out.moveTo(bits.finish());
    }

    private float exactFloat(int j) {
        float value = (float) vector.value(j);
        if (value != vector.value(j)) {
            throw unrepresentable(vector, j);
        }
        return value;
    }

    static IllegalArgumentException unrepresentable(CompressedVector vector, int j) {
        return new IllegalArgumentException(
                "the value at coordinate " + vector.index(j) + " is " + vector.value(j) + ", which "
                        + vector.coding().text() + " cannot carry here: round the values with ValueCoding.round first");
    }
}
