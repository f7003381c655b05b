package io.evenkeel.core.secagg;

import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The text of a key file: a line {@code name: base64} for each value, in a fixed order; empty lines and lines that
 * start with # are ignored.
 */
final class KeyFile {

    private KeyFile() {}

    static String text(String comment, Map<String, byte[]> values) {
        StringBuilder text = new StringBuilder("# ").append(comment).append('\n');
        values.forEach((name, value) -> text.append(name)
                .append(": ")
                .append(Base64.getEncoder().encodeToString(value))
                .append('\n'));
        return text.toString();
    }

    /**
     * Reads the values.
     *
     * @param what the kind of file, for error messages
     * @param lengths the bytes of each value
     * @throws IllegalArgumentException if a line is wrong or missing; the message contains no value
     */
    static Map<String, byte[]> parse(String what, String text, Map<String, Integer> lengths) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        List<String> lines = Arrays.asList(text.split("\n", -1));
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).trim();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon).trim();
            Integer length = lengths.get(name);
            if (length == null || values.containsKey(name)) {
                throw new IllegalArgumentException("line " + (i + 1) + " of " + what + " "
                        + (length == null ? "has an unknown name" : "repeats '" + name + "'")
                        + ", expected one line each of "
                        + lengths.keySet() + ": use the unchanged file");
            }
            values.put(name, value(what, i + 1, name, line.substring(colon + 1).trim(), length));
        }
        for (String name : lengths.keySet()) {
            if (!values.containsKey(name)) {
                throw new IllegalArgumentException(what + " has no line '" + name + "', expected one line each of "
                        + lengths.keySet() + ": use the unchanged file");
            }
        }
        return values;
    }

    private static byte[] value(String what, int line, String name, String base64, int length) {
        byte[] value = new byte[0];
        try {
            value = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            // The decoder's error message would show bytes of the key.
        }
        if (value.length != length) {
            throw new IllegalArgumentException("line " + line + " of " + what + ": '" + name + "' is not the base64 of "
                    + length + " bytes: use the unchanged file");
        }
        return value;
    }
}
