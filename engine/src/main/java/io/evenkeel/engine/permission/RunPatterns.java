package io.evenkeel.engine.permission;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The runs that a caller may use: those whose names equal a pattern, or begin with a pattern that ends in a star.
 *
 * @param patterns such as {@code digits} and {@code fleet-a-*}; {@code *} stands for all runs
 */
public record RunPatterns(List<String> patterns) {

    /** The syntax of a pattern. */
    public static final String PATTERN = "[a-z0-9-]{1,64}\\*?|\\*";

    /** The maximum number of patterns. */
    public static final int MAX_PATTERNS = 20;

    /** All runs. */
    public static final RunPatterns ALL = new RunPatterns(List.of("*"));

    /**
     * Checks the patterns.
     *
     * @throws IllegalArgumentException if there are none or too many, or if one is not a pattern
     */
    public RunPatterns {
        patterns = List.copyOf(patterns);
        if (patterns.isEmpty() || patterns.size() > MAX_PATTERNS) {
            throw new IllegalArgumentException("has " + patterns.size() + " patterns, expected 1 to " + MAX_PATTERNS);
        }
        patterns.stream().filter(one -> !one.matches(PATTERN)).findFirst().ifPresent(one -> {
            throw new IllegalArgumentException("has '" + one
                    + "', expected a run's name (a to z, 0 to 9 and hyphen), or the beginning of one and a star");
        });
    }

    /** Returns whether these are all runs, including those that do not exist yet. */
    public boolean areAll() {
        return patterns.contains("*");
    }

    /** Returns whether these contain a run. */
    public boolean contain(String run) {
        return patterns.stream().anyMatch(one -> isOpen(one) ? run.startsWith(beginning(one)) : run.equals(one));
    }

    /**
     * Returns whether these contain all arms of an experiment, regardless of which arms it has: the names of
     * the runs of experiment E begin with {@code E-}.
     */
    public boolean containArmsOf(String experiment) {
        return patterns.stream().anyMatch(one -> isOpen(one) && (experiment + "-").startsWith(beginning(one)));
    }

    /** Returns the patterns for SQL's {@code LIKE}; names of runs contain none of its other special characters. */
    public List<String> likes() {
        return patterns.stream().map(one -> one.replace('*', '%')).toList();
    }

    /** Returns an SQL condition for a run's name to match one of these, with {@link #parameters}. */
    public String condition(String column) {
        return IntStream.range(0, patterns.size())
                .mapToObj(i -> column + " LIKE :runs" + i)
                .collect(Collectors.joining(" OR ", "(", ")"));
    }

    /** Returns {@link #containArmsOf} as an SQL condition on an experiment's name, with {@link #parameters}. */
    public String conditionOnArms(String column) {
        return IntStream.range(0, patterns.size())
                .filter(i -> isOpen(patterns.get(i)))
                .mapToObj(i -> " OR " + column + " || '-' LIKE :runs" + i)
                .collect(Collectors.joining("", "(1 = 0", ")"));
    }

    /** Returns the parameters of {@link #condition} by their names. */
    public Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        likes().forEach(like -> parameters.put("runs" + parameters.size(), like));
        return parameters;
    }

    /** Returns the patterns with commas between them. */
    @Override
    public String toString() {
        return String.join(", ", patterns);
    }

    private static boolean isOpen(String pattern) {
        return pattern.endsWith("*");
    }

    private static String beginning(String pattern) {
        return pattern.substring(0, pattern.length() - 1);
    }
}
