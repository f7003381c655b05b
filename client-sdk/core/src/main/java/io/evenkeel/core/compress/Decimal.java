package io.evenkeel.core.compress;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Strictly parses decimal numbers in configuration texts, and formats them identically on every JDK. */
final class Decimal {

    private static final Pattern NUMBER = Pattern.compile("[0-9]+(\\.[0-9]+)?([eE]-?[0-9]+)?");
    private static final int LOWEST_PLAIN_EXPONENT = -7;
    private static final int HIGHEST_PLAIN_EXPONENT = 15;

    private Decimal() {}

    /**
     * Parses an unsigned number such as {@code 3}, {@code 0.01} or {@code 1.5e-9}; empty if the text is not
     * one. May be infinite.
     */
    static OptionalDouble parse(String text) {
        return NUMBER.matcher(text).matches() ? OptionalDouble.of(Double.parseDouble(text)) : OptionalDouble.empty();
    }

    /**
     * Writes a number with the fewest digits that read back as the same double, and always a decimal point.
     *
     * <p>Does not use {@link Double#toString(double)}, whose digits changed with JDK 19.
     *
     * @param value positive and finite
     */
    static String text(double value) {
        BigDecimal exact = new BigDecimal(value);
        int digits = 1;
        while (round(exact, digits).doubleValue() != value) {
            digits++;
        }
        return write(round(exact, digits).stripTrailingZeros());
    }

    private static BigDecimal round(BigDecimal exact, int digits) {
        return exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
    }

    private static String write(BigDecimal number) {
        int exponent = number.precision() - number.scale() - 1;
        if (exponent >= LOWEST_PLAIN_EXPONENT && exponent <= HIGHEST_PLAIN_EXPONENT) {
            String plain = number.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String digits = number.unscaledValue().toString();
        String fraction = digits.length() > 1 ? digits.substring(1) : "0";
        return digits.charAt(0) + "." + fraction + "E" + exponent;
    }
}
