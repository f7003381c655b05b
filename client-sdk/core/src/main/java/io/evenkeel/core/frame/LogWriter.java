package io.evenkeel.core.frame;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.LogScale;

/**
 * Writes the value section of a frame in one of the log codings. The constructor finds and counts the levels, so the
 * size is known before writing.
 */
final class LogWriter {

    private final CompressedVector vector;
    private final float largest;
    private final short[] symbols;
    private final PrefixCode code;
    private final int[] lengths;
    private final long bits;

    /**
     * @throws IllegalArgumentException if a value is not one of the levels below the largest
     */
    LogWriter(CompressedVector vector) {
        this.vector = vector;
        LogScale scale = LogScale.of(vector.coding());
        double largestMagnitude = 0;
        for (int j = 0; j < vector.count(); j++) {
            largestMagnitude = Math.max(largestMagnitude, Math.abs(vector.value(j)));
        }
        largest = (float) largestMagnitude;
        symbols = new short[vector.count()];
        int[] counts = count(scale);
        lengths = PrefixCode.lengths(counts);
        code = new PrefixCode(lengths);
        long sum = CodeTable.bits(lengths);
        for (int symbol = 0; symbol < counts.length; symbol++) {
            sum += (lengths[symbol] + 1L) * counts[symbol];
        }
        bits = sum;
    }

    /** Finds each value's symbol: its level, or for zero the number of levels up to the last one used. */
    private int[] count(LogScale scale) {
        int[] counts = new int[scale.levels() + 1];
        for (int j = 0; j < symbols.length; j++) {
            double magnitude = Math.abs(vector.value(j));
            int level = scale.level(magnitude, largest);
            if (scale.magnitude(level, largest) != magnitude) {
                throw ValueWriter.unrepresentable(vector, j);
            }
            symbols[j] = (short) level;
            counts[level]++;
        }
        int used = scale.levels();
        while (used > 0 && counts[used - 1] == 0) {
            used--;
        }
        int[] compact = new int[used + 1];
        System.arraycopy(counts, 0, compact, 0, used);
        compact[used] = counts[scale.levels()];
        return compact;
    }

    long bytes() {
        return FrameLayout.LOG_HEADER_BYTES + (bits + Byte.SIZE - 1) / Byte.SIZE;
    }

    void write(WireWriter out) {
        int levels = lengths.length - 1;
        out.f32(largest);
        out.i16(levels);
        BitWriter writer = new BitWriter(out.bytes(), out.position());
        CodeTable.write(lengths, writer);
        for (int j = 0; j < symbols.length; j++) {
            int symbol = Math.min(symbols[j], levels);
            int length = code.length(symbol);
            int sign = (int) (Double.doubleToRawLongBits(vector.value(j)) >>> 63);
            writer.write(code.code(symbol) | sign << length, length + 1);
        }
        out.moveTo(writer.finish());
    }
}
