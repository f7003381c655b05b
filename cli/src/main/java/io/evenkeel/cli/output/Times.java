package io.evenkeel.cli.output;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.JsonNode;

/** Formats points in time and durations as text. */
public final class Times {

    private static final Duration SECONDS_UP_TO = Duration.ofMinutes(2);
    private static final Duration MINUTES_UP_TO = Duration.ofHours(2);
    private static final Duration HOURS_UP_TO = Duration.ofDays(2);

    private Times() {}

    /** Returns the age of a document's time, such as {@code 3m}; empty if there is none. */
    public static String age(JsonNode time, TextLayout page) {
        if (!time.isString()) {
            return "";
        }
        try {
            return brief(Duration.between(Instant.parse(time.asString()), page.now()));
        } catch (DateTimeException e) {
            return time.asString();
        }
    }

    /**
     * Returns a document's time to the second with its age, such as {@code 2026-01-31 12:00:00Z (3m ago)};
     * empty if there is none.
     */
    public static String moment(JsonNode time, TextLayout page) {
        String point = point(time);
        if (point.isEmpty()) {
            return "";
        }
        Instant instant = Instant.parse(time.asString());
        return instant.isAfter(page.now())
                ? point + " (in " + brief(Duration.between(page.now(), instant)) + ")"
                : point + " (" + brief(Duration.between(instant, page.now())) + " ago)";
    }

    /** Returns a document's time to the second in UTC; empty if there is none. */
    public static String point(JsonNode time) {
        if (!time.isString()) {
            return "";
        }
        Instant instant = Instant.parse(time.asString()).truncatedTo(ChronoUnit.SECONDS);
        return instant.toString().replace('T', ' ');
    }

    /**
     * Returns a duration in the largest unit that fits, rounded down, such as {@code 90s}, {@code 5m}, {@code 7h} or
     * {@code 3d}.
     */
    public static String brief(Duration duration) {
        Duration length = duration.isNegative() ? Duration.ZERO : duration;
        if (length.compareTo(SECONDS_UP_TO) < 0) {
            return length.toSeconds() + "s";
        }
        if (length.compareTo(MINUTES_UP_TO) < 0) {
            return length.toMinutes() + "m";
        }
        return length.compareTo(HOURS_UP_TO) < 0 ? length.toHours() + "h" : length.toDays() + "d";
    }
}
