package io.evenkeel.engine.selection;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The syntax of attributes, the same as that of Kubernetes labels. A key is a name, or a prefix, a slash and
 * a name: {@code region}, {@code example.com/line}. Names and values have at most 63 letters, digits,
 * hyphens, underscores and dots, and begin and end with a letter or digit; a value may be empty. A prefix is
 * a DNS name of at most 253 characters.
 */
public final class AttributeSyntax {

    static final int MAX_NAME_LENGTH = 63;
    static final int MAX_VALUE_LENGTH = 63;
    static final int MAX_PREFIX_LENGTH = 253;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?");
    private static final Pattern PREFIX =
            Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    private AttributeSyntax() {}

    /** Returns whether a character may be in a key or a value. */
    static boolean isPart(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_'
                || c == '.'
                || c == '/';
    }

    /** Describes what is wrong with a key, to follow its name in a sentence. */
    public static Optional<String> faultInKey(String key) {
        int slash = key.indexOf('/');
        String prefix = slash < 0 ? "a" : key.substring(0, slash);
        if (prefix.length() > MAX_PREFIX_LENGTH || !PREFIX.matcher(prefix).matches()) {
            return Optional.of(
                    "has a prefix before the slash that is not a DNS name: expected lower-case letters, digits, hyphens"
                            + " and dots, 1 to " + MAX_PREFIX_LENGTH + ", such as example.com");
        }
        return faultInName(key.substring(slash + 1));
    }

    private static Optional<String> faultInName(String name) {
        if (name.isEmpty()) {
            return Optional.of("has no name, expected 1 to " + MAX_NAME_LENGTH + " characters");
        }
        if (name.length() > MAX_NAME_LENGTH) {
            return Optional.of("has a name of " + name.length() + " characters, expected at most " + MAX_NAME_LENGTH);
        }
        return faultInCharacters(name);
    }

    /** Describes what is wrong with a value, to follow it in a sentence. */
    static Optional<String> faultInValue(String value) {
        if (value.length() > MAX_VALUE_LENGTH) {
            return Optional.of("has " + value.length() + " characters, expected at most " + MAX_VALUE_LENGTH);
        }
        return value.isEmpty() ? Optional.empty() : faultInCharacters(value);
    }

    private static Optional<String> faultInCharacters(String text) {
        return NAME.matcher(text).matches()
                ? Optional.empty()
                : Optional.of(
                        "has characters that are not allowed, expected letters of a to z, digits, hyphens, underscores"
                                + " and dots, with a letter or digit at both ends");
    }
}
