package io.evenkeel.engine.text;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Parses durations such as {@code 250ms}, {@code 30s}, {@code 5m}, {@code 2h} and {@code 7d}, and those of
 * ISO-8601.
 */
public final class DurationText {

    // Limits the digits so that no unit overflows.
    private static final Pattern SHORT = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private DurationText() {}

    /**
     * Parses a duration.
     *
     * @throws IllegalArgumentException if the text is not a duration, or is negative
     */
    public static Duration parse(String text) {
        Matcher matcher = SHORT.matcher(text);
        if (matcher.matches()) {
            return of(Long.parseLong(matcher.group(1)), matcher.group(2));
        }
        try {
            Duration duration = Duration.parse(text);
            if (!duration.isNegative()) {
                return duration;
            }
        } catch (DateTimeParseException noneEither) {
            // Reported below.
        }
        throw new IllegalArgumentException("it is not a duration such as \"30s\", \"5m\" or \"PT1H\"");
    }

    /**
     * Formats a duration so that {@link #parse} reads it, with the largest unit that divides it, such as
     * {@code 7d}.
     */
    public static String of(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        for (Unit unit : Unit.values()) {
            long amount = duration.dividedBy(unit.length);
            if (unit.length.multipliedBy(amount).equals(duration)) {
                return amount + unit.text;
            }
        }
        return duration.toString();
    }

    private enum Unit {
        DAY("d", Duration.ofDays(1)),
        HOUR("h", Duration.ofHours(1)),
        MINUTE("m", Duration.ofMinutes(1)),
        SECOND("s", Duration.ofSeconds(1)),
        MILLISECOND("ms", Duration.ofMillis(1));

        private final String text;
        private final Duration length;

        Unit(String text, Duration length) {
            this.text = text;
            this.length = length;
        }
    }

    private static Duration of(long amount, String unit) {
        return Stream.of(Unit.values())
                .filter(one -> one.text.equals(unit))
                .findFirst()
                .orElseThrow()
                .length
                .multipliedBy(amount);
    }
}
