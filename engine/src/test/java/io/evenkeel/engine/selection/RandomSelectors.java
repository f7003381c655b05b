package io.evenkeel.engine.selection;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Draws attributes and selectors from few keys and values, so that selectors choose some devices and not others. */
public final class RandomSelectors {

    private static final List<String> KEYS = List.of("region", "app-version", "example.com/memory", "in", "notin");
    private static final List<String> VALUES = List.of(
            "", "eu", "US", "us", "3", "3.0", "3.2", "3.10", "3.2.0-rc1", "04096", "4096", "10", "in", "a_b.c-d");
    private static final List<String> VERSIONS = List.of("0", "3", "3.0.0", "3.2", "3.9", "3.10", "4096", "00010");
    private static final List<String> COMPARISONS = List.of("<", "<=", ">", ">=");

    private final RandomGenerator random;

    public RandomSelectors(RandomGenerator random) {
        this.random = random;
    }

    /** Draws a device's attributes, or an operator's labels. */
    public Map<String, String> attributes() {
        Map<String, String> attributes = new TreeMap<>();
        KEYS.stream().filter(key -> random.nextInt(3) > 0).forEach(key -> attributes.put(key, any(VALUES)));
        return attributes;
    }

    /** Draws a selector's text, with spaces wherever they are allowed. */
    public String text() {
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> space() + requirement() + space())
                .collect(Collectors.joining(","));
    }

    private String requirement() {
        String key = any(KEYS);
        return switch (random.nextInt(7)) {
            case 0 -> key;
            case 1 -> "!" + space() + key;
            case 2 -> key + space() + any(List.of("=", "==")) + space() + any(VALUES);
            case 3 -> key + space() + "!=" + space() + any(VALUES);
            case 4 -> key + space() + any(COMPARISONS) + space() + any(VERSIONS);
            default -> key + " " + any(List.of("in", "notin")) + space() + "(" + values() + ")";
        };
    }

    private String values() {
        return IntStream.rangeClosed(0, random.nextInt(3))
                .mapToObj(i -> space() + any(VALUES) + space())
                .collect(Collectors.joining(","));
    }

    private String space() {
        char[] spaces = new char[random.nextInt(3)];
        Arrays.fill(spaces, ' ');
        return new String(spaces);
    }

    private String any(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
