package io.evenkeel.coordinator.platform.objects;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of an object. Rows refer to it as {@code NAME:OFFSET:LENGTH}.
 *
 * @param name the object's name
 * @param offset the index of its first byte
 * @param length the number of bytes
 */
public record ObjectRange(String name, long offset, long length) {

    private static final Pattern TEXT = Pattern.compile("([0-9a-f-]+):([0-9]{1,18}):([0-9]{1,18})");

    /**
     * Parses the text form.
     *
     * @throws MissingObjectException if it is invalid, which means that the row is damaged
     */
    public static ObjectRange parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw MissingObjectException.unreadable(text);
        }
        return new ObjectRange(matcher.group(1), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
    }

    /** Returns the index after its last byte. */
    public long end() {
        return offset + length;
    }

    @Override
    public String toString() {
        return name + ":" + offset + ":" + length;
    }
}
