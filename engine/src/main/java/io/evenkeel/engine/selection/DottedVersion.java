package io.evenkeel.engine.selection;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A number, or a version of numbers separated by dots, such as {@code 4096} or {@code 3.10.2}. Versions are compared
 * number by number, and missing numbers count as 0: {@code 3.9 < 3.10}, {@code 3 = 3.0}.
 *
 * @param sortKey a text whose alphabetical order is that of the versions; digits only, so every collation
 *     gives the same order
 */
public record DottedVersion(String sortKey) implements Comparable<DottedVersion> {

    private static final Pattern SYNTAX = Pattern.compile("\\d+(\\.\\d+)*");
    private static final Pattern LEADING_ZEROS = Pattern.compile("^0+");
    private static final String ZERO = "00";

    /** Parses a value as a version; empty if it is not one. */
    public static Optional<DottedVersion> of(String value) {
        if (value.length() > AttributeSyntax.MAX_VALUE_LENGTH
                || !SYNTAX.matcher(value).matches()) {
            return Optional.empty();
        }
        StringBuilder key = new StringBuilder();
        int end = 0;
        for (String number : value.split("\\.", -1)) {
            String digits = LEADING_ZEROS.matcher(number).replaceFirst("");
            // A longer number is larger, so its length comes first.
            key.append((char) ('0' + digits.length() / 10))
                    .append((char) ('0' + digits.length() % 10))
                    .append(digits);
            end = digits.isEmpty() ? end : key.length();
        }
        key.setLength(end);
        return Optional.of(new DottedVersion(key.isEmpty() ? ZERO : key.toString()));
    }

    @Override
    public int compareTo(DottedVersion other) {
        return sortKey.compareTo(other.sortKey);
    }
}
