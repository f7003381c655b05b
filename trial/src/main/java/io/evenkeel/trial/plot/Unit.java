package io.evenkeel.trial.plot;

/** The unit of the numbers along an axis. */
public enum Unit {
    NUMBER,
    /** Bytes, in decimal units. */
    BYTES,
    /** Counts and amounts of money, written in full up to the billions. */
    COUNT,
    SECONDS,
    /** Shares of 1, written in percent. */
    PERCENT;

    private static final String[] BYTE_UNITS = {"B", "kB", "MB", "GB", "TB"};
    private static final int TICK_DIGITS = 6;

    String label(double value) {
        return switch (this) {
            case NUMBER -> Numerals.shortest(value, TICK_DIGITS);
            case COUNT -> Numerals.full(value, TICK_DIGITS);
            case SECONDS -> Numerals.shortest(value, TICK_DIGITS) + (value == 0 ? "" : " s");
            case BYTES -> bytes(value);
            case PERCENT -> Numerals.shortest(100 * value, TICK_DIGITS) + " %";
        };
    }

    private static String bytes(double value) {
        double rest = value;
        int unit = 0;
        while (Math.abs(rest) >= 1000 && unit < BYTE_UNITS.length - 1) {
            rest /= 1000;
            unit++;
        }
        return Numerals.shortest(rest, TICK_DIGITS) + (value == 0 ? "" : " " + BYTE_UNITS[unit]);
    }
}
