package io.evenkeel.core.frame;

import io.evenkeel.core.compress.LogScale;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.WireException.Fault;

/** Reads the value section of a frame in one of the log codings. */
final class LogReader {

    private final WireReader in;
    private final LogScale scale;
    private final int start;
    private final float largest;
    private final int levels;

    private LogReader(WireReader in, ValueCoding coding) {
        this.in = in;
        this.scale = LogScale.of(coding);
        this.start = in.position();
        this.largest = in.scale();
        this.levels = in.i16("the number of levels") & 0xFFFF;
    }

    /** Reads the values and moves the reader past them. */
    static void read(WireReader in, ValueCoding coding, double[] values) {
        new LogReader(in, coding).read(values);
    }

    private void read(double[] values) {
        if (levels > scale.levels() || levels == 0 != (largest == 0)) {
            throw new WireException(
                    Fault.NOT_CANONICAL,
                    in.position() - Short.BYTES,
                    levels + " levels below " + largest,
                    "1 to " + scale.levels() + ", and 0 below 0");
        }
        BitReader bits = new BitReader(in, "values");
        PrefixCode code = new PrefixCode(CodeTable.read(bits, levels + 1, values.length > 0));
        boolean[] occurs = decode(bits, code, magnitudes(), values);
        checkTable(code, occurs);
        in.moveTo(bits.finish());
    }

    /** Rejects codes for levels that no value has. Level 0 and the last level in the table must occur. */
    private void checkTable(PrefixCode code, boolean[] occurs) {
        for (int symbol = 0; symbol <= levels; symbol++) {
            boolean due = code.length(symbol) != PrefixCode.UNUSED || isEnd(symbol);
            if (due && !occurs[symbol]) {
                throw new WireException(
                        Fault.NOT_CANONICAL,
                        start + FrameLayout.LOG_HEADER_BYTES,
                        "level " + symbol + " in the table though no value has it",
                        "the levels of the values, from 0 to the last of them");
            }
        }
    }

    private boolean isEnd(int symbol) {
        return levels > 0 && (symbol == 0 || symbol == levels - 1);
    }

    private double[] magnitudes() {
        double[] magnitudes = new double[levels + 1];
        for (int level = 0; level < levels; level++) {
            magnitudes[level] = scale.magnitude(level, largest);
        }
        return magnitudes;
    }

    /** Marks the symbols that occur. */
    private static boolean[] decode(BitReader bits, PrefixCode code, double[] magnitudes, double[] values) {
        short[] table = code.table();
        boolean[] occurs = new boolean[magnitudes.length];
        for (int j = 0; j < values.length; j++) {
            short entry = table[bits.peek(code.longest())];
            int symbol = PrefixCode.symbol(entry);
            int length = PrefixCode.length(entry);
            bits.skip(length);
            occurs[symbol] = true;
            values[j] = bits.read(1) == 0 ? magnitudes[symbol] : -magnitudes[symbol];
        }
        return occurs;
    }
}
