package io.evenkeel.trial.fleet;

import io.evenkeel.engine.text.DurationText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The times of a cycle, such as a day, in which a device is online. Immutable.
 *
 * @param cycle the length of the cycle in milliseconds
 * @param spans disjoint spans in ascending order; the last one may end in the next cycle. Empty for always
 */
record OnlineHours(long cycle, List<Span> spans) {

    private static final Pattern CLOCK = Pattern.compile("(\\d{1,2}):(\\d{2})");
    private static final long MINUTE = 60_000;

    /**
     * A time in which a device is online.
     *
     * @param from milliseconds since the cycle's beginning, below its length
     * @param to the end, above {@code from} by at most the cycle's length
     */
    record Span(long from, long to) {}

    /**
     * Parses spans such as {@code 22:00-06:30} or {@code 0s-40s}, times since the beginning of the cycle.
     *
     * @throws IllegalArgumentException if one is not a span of the cycle, or they overlap
     */
    static OnlineHours parse(long cycle, List<String> texts) {
        List<Span> spans = new ArrayList<>();
        for (String text : texts) {
            String[] ends = text.split("-", 2);
            if (ends.length != 2) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a span such as \"22:00-06:30\" or \"0s-40s\"");
            }
            long from = time(ends[0].strip());
            long to = time(ends[1].strip());
            if (from >= cycle || to > cycle || from == to) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not within the cycle of " + cycle / 1000.0 + " s");
            }
            spans.add(new Span(from, to > from ? to : to + cycle));
        }
        spans.sort(Comparator.comparingLong(Span::from));
        for (int i = 0; i < spans.size(); i++) {
            Span next = spans.get((i + 1) % spans.size());
            long nextFrom = i + 1 < spans.size() ? next.from() : next.from() + cycle;
            if (spans.get(i).to() > nextFrom) {
                throw new IllegalArgumentException("the spans overlap: join them");
            }
        }
        return new OnlineHours(cycle, List.copyOf(spans));
    }

    private static long time(String text) {
        Matcher clock = CLOCK.matcher(text);
        if (!clock.matches()) {
            return DurationText.parse(text).toMillis();
        }
        long minutes = 60 * Long.parseLong(clock.group(1)) + Long.parseLong(clock.group(2));
        return minutes * MINUTE;
    }

    boolean isAlways() {
        return spans.isEmpty();
    }
}
