package io.evenkeel.coordinator.fleet;

import io.evenkeel.engine.selection.Attributes;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A device whose name, attributes and labels are erased.
 *
 * @param id its id
 * @param pseudonym a random id, used nowhere else, for rows that must still be counted
 * @param name the name that it gave itself, if any
 * @param visible its attributes, and its labels, which replace attributes with the same key
 * @param own strings that are unique to the device: its name, the name in its certificate, and values of
 *     attributes and labels
 */
public record ErasedDevice(
        String id, String pseudonym, @Nullable String name, Attributes visible, Set<String> own) {

    private static final int MIN_PART = 3;

    /**
     * Returns whether a text names the device: it contains one of the device's own strings as whole words, or
     * is part of its name.
     */
    public boolean isNamedIn(String text) {
        return own.stream().anyMatch(one -> hasWords(text, one))
                || (name != null
                        && own.contains(name)
                        && text.length() >= MIN_PART
                        && name.toLowerCase(Locale.ROOT).contains(text.toLowerCase(Locale.ROOT)));
    }

    private static boolean hasWords(String text, String words) {
        int from = text.indexOf(words);
        while (from >= 0 && !words.isEmpty()) {
            int to = from + words.length();
            boolean begins = from == 0 || !Character.isLetterOrDigit(text.charAt(from - 1));
            boolean ends = to == text.length() || !Character.isLetterOrDigit(text.charAt(to));
            if (begins && ends) {
                return true;
            }
            from = text.indexOf(words, from + 1);
        }
        return false;
    }
}
