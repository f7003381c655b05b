package io.evenkeel.trial.text;

import io.evenkeel.trial.cost.Prices;
import io.evenkeel.trial.plot.Numerals;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Formats amounts of money and durations as human-readable text. */
public final class Money {

    private static final MathContext THREE_DIGITS = new MathContext(3);
    private static final int DECIMALS = 2;
    private static final MathContext EXACT = new MathContext(9);
    private static final double MONTHS = 12;
    private static final double MAX_YEARS = 100;

    private final Texts texts;
    private final String currency;

    public Money(Texts texts, Prices prices) {
        this.texts = texts;
        this.currency = prices.currency();
    }

    /** Returns a computed amount with three digits; a dash if there is none. */
    public String amount(double value) {
        return Double.isFinite(value) ? marked(bare(value)) : "–";
    }

    /** Returns a computed amount without the currency, for places that show it nearby. */
    public String bare(double value) {
        return Double.isFinite(value) ? number(value, THREE_DIGITS, DECIMALS) : value > 0 ? "∞" : "-∞";
    }

    /** Returns an amount that a user entered. */
    public String given(double value) {
        return marked(exact(value));
    }

    private String marked(String number) {
        // Signs such as those of yen and euro directly follow the number; codes such as EUR follow after a space.
        boolean sign = currency.length() == 1 && currency.charAt(0) > 127;
        return sign ? number + currency : number + " " + currency;
    }

    /**
     * Returns a number with three digits and without a power of ten, since not every reader knows that
     * notation.
     */
    public static String rounded(double value) {
        return number(value, THREE_DIGITS);
    }

    /** Returns a number that a user entered, or a count. */
    public static String exact(double value) {
        return number(value, EXACT);
    }

    private static String number(double value, MathContext digits) {
        return number(value, digits, digits.getPrecision());
    }

    private static String number(double value, MathContext digits, int most) {
        // If no method reaches a target, costs and savings are not finite.
        if (!Double.isFinite(value)) {
            return Numerals.shortest(value, most);
        }
        BigDecimal rounded = BigDecimal.valueOf(value).round(digits).stripTrailingZeros();
        int decimals = Math.max(0, Math.min(most, rounded.scale()));
        return String.format(Locale.ROOT, "%,." + decimals + "f", rounded);
    }

    /** Returns the time in which a saving recoups a price, in months or years. */
    public String duration(double years) {
        if (years > MAX_YEARS) {
            return texts.get("time.years.over", number(MAX_YEARS, THREE_DIGITS));
        }
        MathContext two = new MathContext(2);
        return years >= 2
                ? texts.get("time.years", number(years, two))
                : texts.get("time.months", number(MONTHS * years, two));
    }
}
