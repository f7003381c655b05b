package io.evenkeel.coordinator.message;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Damages the meaning of valid JSON, so that the damage passes the parser. A field is missing, null, duplicated,
 * renamed, extreme or of another type; a list has one entry more or fewer. Not thread-safe.
 */
final class JsonMutator {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Values in JSON syntax. */
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-0",
            "-0.0",
            "1",
            "-1",
            "2",
            "0.5",
            "1.0",
            "1e2",
            "1e-400",
            "4.9e-324",
            "1e100",
            "1e101",
            "1.7976931348623157e308",
            "1e309",
            "-1e309",
            "1e999999999",
            "1e-999999999",
            "2147483647",
            "2147483648",
            "-2147483648",
            "9007199254740993",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "18446744073709551616",
            "1".repeat(399),
            "\"\"",
            "\" \"",
            "\"NaN\"",
            "\"-Infinity\"",
            "\"1\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udc00\\ud800\"",
            "\"a\\ud83d\"",
            "\"\\u202e\\u2028\"",
            "\"" + "x".repeat(300) + "\"",
            "\"" + "y".repeat(99_000) + "\"",
            "[]",
            "[null]",
            "[[]]",
            "{}",
            "{\"\":null}",
            "[".repeat(31) + "]".repeat(31),
            "[".repeat(500),
            "{\"a\":".repeat(200) + "1" + "}".repeat(200));

    private final RandomGenerator random;
    private Set<Integer> damaged = Set.of();
    private int place;

    JsonMutator(RandomGenerator random) {
        this.random = random;
    }

    /** Returns the text after one to three changes, as UTF-8. */
    byte[] mutate(byte[] valid) {
        JsonNode root = JSON.readTree(valid);
        damaged = new HashSet<>();
        int changes = 1 + random.nextInt(3);
        int places = size(root);
        for (int i = 0; i < changes; i++) {
            damaged.add(places == 1 ? 0 : 1 + random.nextInt(places - 1));
        }
        if (random.nextInt(50) == 0) {
            damaged.add(0);
        }
        place = 0;
        return write(root).getBytes(StandardCharsets.UTF_8);
    }

    private static int size(JsonNode node) {
        return 1 + node.valueStream().mapToInt(JsonMutator::size).sum();
    }

    private String write(JsonNode node) {
        if (damaged.contains(place)) {
            place += size(node);
            return odd(node);
        }
        place++;
        if (node.isObject()) {
            StringBuilder members = new StringBuilder();
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                add(members, quoted(member.getKey()), member.getValue());
            }
            return "{" + members + "}";
        }
        if (node.isArray()) {
            StringBuilder entries = new StringBuilder();
            node.forEach(entry -> add(entries, "", entry));
            return "[" + entries + "]";
        }
        return node.toString();
    }

    /** Adds a member, or an entry if the name is empty: unchanged, odd, omitted, twice or under a different name. */
    private void add(StringBuilder to, String name, JsonNode value) {
        int how = damaged.contains(place) ? random.nextInt(8) : 7;
        if (how < 3 && damaged.contains(place)) {
            place += size(value);
        }
        switch (how) {
            case 0 -> {} // missing
            case 1 -> append(to, name, value + "," + (name.isEmpty() ? "" : name + ":") + value);
            case 2 -> append(to, name.isEmpty() ? "" : otherName(name), value.toString());
            default -> append(to, name, write(value));
        }
    }

    private static void append(StringBuilder to, String name, String value) {
        to.append(to.isEmpty() ? "" : ",")
                .append(name.isEmpty() ? "" : name + ":")
                .append(value);
    }

    private String otherName(String name) {
        return switch (random.nextInt(4)) {
            case 0 -> name.toUpperCase(Locale.ROOT);
            case 1 -> "\"\\ud800\"";
            case 2 -> "\"" + "n".repeat(900) + "\"";
            default -> "\"x" + name.substring(1);
        };
    }

    private String odd(JsonNode node) {
        return switch (random.nextInt(8)) {
            case 0 -> "[" + node + "]";
            case 1 -> "{\"a\":" + node + "}";
            case 2 -> node.isString() ? node.asString() : quoted(node.toString());
            case 3, 4 -> node.isString() ? quoted(oddText(node.asString())) : oddNumber(node);
            default -> VALUES.get(random.nextInt(VALUES.size()));
        };
    }

    private String oddNumber(JsonNode node) {
        if (!node.isNumber()) {
            return VALUES.get(random.nextInt(VALUES.size()));
        }
        return switch (random.nextInt(5)) {
            case 0 -> "-" + node;
            case 1 -> node + "e" + random.nextInt(-400, 400);
            case 2 -> String.valueOf(node.asDouble() * Math.scalb(1.0, random.nextInt(-1074, 1024)));
            case 3 -> String.valueOf(node.asDouble() + random.nextInt(-3, 4));
            default -> String.valueOf(random.nextLong() >> random.nextInt(64));
        };
    }

    /** Changes a part of a text: a piece between two colons, or any piece. */
    private String oddText(String text) {
        String odd = OddText.pick(random);
        String[] parts = text.split(":", -1);
        if (random.nextBoolean() && parts.length > 1) {
            parts[random.nextInt(parts.length)] = odd;
            return String.join(":", parts);
        }
        int from = random.nextInt(text.length() + 1);
        int to = random.nextInt(from, text.length() + 1);
        return text.substring(0, from) + (random.nextInt(3) == 0 ? "" : odd) + text.substring(to);
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars()
                .forEach(c -> quoted.append(
                        c < 0x20 || c == '"' || c == '\\' || Character.isSurrogate((char) c)
                                ? "\\u%04x".formatted(c)
                                : String.valueOf((char) c)));
        return quoted.append('"').toString();
    }
}
