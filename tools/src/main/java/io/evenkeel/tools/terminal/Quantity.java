package io.evenkeel.tools.terminal;

import java.time.Duration;
import java.util.Locale;

/** Formats figures as text. */
public final class Quantity {

    private static final String SPARSER = "more than uncompressed: choose a sparser compressor";

    private static final String[] UNITS = {"kB", "MB", "GB", "TB"};

    private Quantity() {}

    /** Returns a number of bytes with three digits and a decimal unit, such as {@code 2.31 MB}. */
    public static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes / 1000.0;
        int unit = 0;
        // From 999.5 on, rounding would give four digits.
        while (value >= 999.5 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return String.format(Locale.ROOT, "%." + decimals + "f %s", value, UNITS[unit]);
    }

    /**
     * Compares bytes with those without compression, such as {@code 1/71 of 231 MB dense float32}, with a
     * remark if they are more.
     */
    public static String againstDense(long bytes, long dense) {
        String of = " of " + bytes(dense) + " dense float32";
        if (isMoreThanDense(bytes, dense)) {
            return String.format(Locale.ROOT, "%.1f %%", 100.0 * bytes / dense) + of + ", " + SPARSER;
        }
        double share = (double) dense / Math.max(1, bytes);
        return String.format(Locale.ROOT, share < 9.95 ? "1/%.1f" : "1/%.0f", share) + of;
    }

    /**
     * Returns whether compressed messages took more bytes than uncompressed ones, judged by the percentage
     * rounded to one decimal.
     */
    public static boolean isMoreThanDense(long bytes, long dense) {
        return dense > 0 && bytes >= 1.0005 * dense;
    }

    /** Returns a share as a percentage with one decimal, such as {@code 98.3 %}. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** Returns minutes and seconds, such as {@code 1:05}. */
    public static String clock(Duration duration) {
        return String.format(Locale.ROOT, "%d:%02d", duration.toMinutes(), duration.toSecondsPart());
    }

    /** Returns seconds with one decimal, such as {@code 21.3 s}. */
    public static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
