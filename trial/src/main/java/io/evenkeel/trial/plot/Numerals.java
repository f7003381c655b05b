package io.evenkeel.trial.plot;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Formats numbers as briefly as possible. */
public final class Numerals {

    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    private static final double SMALLEST_PLAIN = 1e-3;
    private static final double LARGEST_PLAIN = 1e6;
    private static final double LARGEST_FULL = 1e11;

    private Numerals() {}

    /**
     * Returns a number with the given significant digits, without trailing zeros, and with a power of ten if it is
     * below 0.001 or at least a million: {@code 0.0123}, {@code 12,345}, {@code 2.5·10⁻⁸}.
     */
    public static String shortest(double value, int digits) {
        if (value == 0 || !Double.isFinite(value)) {
            return value == 0 ? "0" : Double.isNaN(value) ? "-" : value > 0 ? "∞" : "-∞";
        }
        double size = Math.abs(value);
        if (size >= SMALLEST_PLAIN && size < LARGEST_PLAIN) {
            return plain(value, digits);
        }
        int exponent = (int) Math.floor(StrictMath.log10(size) + 1e-12);
        BigDecimal mantissa = round(BigDecimal.valueOf(value).scaleByPowerOfTen(-exponent), digits);
        if (mantissa.abs().compareTo(BigDecimal.TEN) >= 0) {
            exponent++;
            mantissa = mantissa.movePointLeft(1).stripTrailingZeros();
        }
        String front = mantissa.toPlainString();
        return ("1".equals(front) ? "10" : "-1".equals(front) ? "-10" : front + "·10") + superscript(exponent);
    }

    /**
     * Returns the number without a power of ten from 0.001 up to a hundred billion, as readers expect for
     * amounts of money.
     */
    static String full(double value, int digits) {
        double size = Math.abs(value);
        return size >= SMALLEST_PLAIN && size < LARGEST_FULL ? plain(value, digits) : shortest(value, digits);
    }

    private static String plain(double value, int digits) {
        BigDecimal rounded = round(BigDecimal.valueOf(value), digits);
        int decimals = Math.max(0, rounded.scale());
        return String.format(Locale.ROOT, "%,." + decimals + "f", rounded);
    }

    private static BigDecimal round(BigDecimal value, int digits) {
        BigDecimal rounded = value.round(new MathContext(digits)).stripTrailingZeros();
        // All digits before the decimal point are shown: 12,345, not 12,300.
        boolean whole = rounded.scale() <= 0;
        return whole ? value.setScale(0, java.math.RoundingMode.HALF_EVEN) : rounded;
    }

    private static String superscript(int exponent) {
        StringBuilder text = new StringBuilder(exponent < 0 ? "⁻" : "");
        for (char digit : Integer.toString(Math.abs(exponent)).toCharArray()) {
            text.append(SUPERSCRIPTS.charAt(digit - '0'));
        }
        return text.toString();
    }
}
