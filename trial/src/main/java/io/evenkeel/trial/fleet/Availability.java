package io.evenkeel.trial.fleet;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.text.DurationText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Describes when the devices of a fleet are online, and how fast they are, in groups of similar devices.
 * docs/scaling.md describes the file. Immutable.
 *
 * @param cycle the length in milliseconds of the cycle in which hours repeat, by default a day
 * @param groups at least one
 */
public record Availability(long cycle, List<DeviceGroup> groups) {

    /** The names of the built-in patterns. */
    public static final List<String> PATTERNS = List.of("always", "phones-at-night", "sensors");

    private static final Set<String> FIELDS = Set.of("cycle", "groups");
    private static final Set<String> GROUP_FIELDS = new TreeSet<>(Set.of(
            "name",
            "share",
            "attributes",
            "online",
            "shift",
            "presence",
            "compute",
            "up",
            "down",
            "latency",
            "dropout"));
    private static final ValueRange DEFAULT_COMPUTE = new ValueRange(30_000, 30_000);
    private static final ValueRange DEFAULT_SPEED = new ValueRange(10, 10);
    private static final ValueRange DEFAULT_LATENCY = new ValueRange(100, 100);

    /**
     * Reads a pattern, or else a file.
     *
     * @param nameOrFile the name of a pattern, or the path of a YAML or JSON file
     * @throws IllegalArgumentException if it is neither, or the file is not valid; the message names the field
     */
    public static Availability read(String nameOrFile) {
        try (InputStream pattern =
                PATTERNS.contains(nameOrFile) ? Availability.class.getResourceAsStream(nameOrFile + ".yaml") : null) {
            if (pattern != null) {
                return parse(new String(pattern.readAllBytes(), StandardCharsets.UTF_8));
            }
            Path file = Path.of(nameOrFile);
            if (!Files.isRegularFile(file)) {
                throw new IllegalArgumentException(
                        "there is no file '" + nameOrFile + "'; the patterns are: " + String.join(", ", PATTERNS));
            }
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Parses the text of a file.
     *
     * @throws IllegalArgumentException if the text is not valid; the message names the field
     */
    static Availability parse(String text) {
        try {
            JsonNode document = YAMLMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build()
                    .readTree(text);
            return new Reader(document, "").availability();
        } catch (JacksonException e) {
            throw new IllegalArgumentException("it is neither YAML nor JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Reads the fields of an object; errors name the field by its path. */
    private record Reader(JsonNode object, String path) {

        Availability availability() {
            requireObject(FIELDS);
            long cycle = duration("cycle", Duration.ofDays(1).toMillis());
            require(cycle >= 1000, "cycle", "expected 1s or more");
            List<DeviceGroup> groups = new ArrayList<>();
            for (JsonNode group : object.path("groups")) {
                groups.add(new Reader(group, "groups[" + groups.size() + "].").group(cycle, groups.size()));
            }
            require(
                    !groups.isEmpty() && groups.size() <= Byte.MAX_VALUE,
                    "groups",
                    "expected 1 to 127 groups of devices");
            return new Availability(cycle, List.copyOf(groups));
        }

        private DeviceGroup group(long cycle, int index) {
            requireObject(GROUP_FIELDS);
            OnlineHours online = online(cycle);
            double presence = number("presence", 1, value -> value > 0 && value <= 1, "above 0 and at most 1");
            require(
                    presence == 1 || !online.isAlways(),
                    "presence",
                    "expected only together with online, the spans whose share it is");
            return new DeviceGroup(
                    object.path("name").asString("group " + (index + 1)),
                    number("share", 1, value -> value > 0 && value < 1e9, "above 0"),
                    attributes(),
                    online,
                    duration("shift", 0),
                    presence,
                    range("compute", DEFAULT_COMPUTE, Reader::milliseconds),
                    range("up", DEFAULT_SPEED, Double::parseDouble),
                    range("down", DEFAULT_SPEED, Double::parseDouble),
                    range("latency", DEFAULT_LATENCY, Reader::milliseconds),
                    number("dropout", 0, value -> value >= 0 && value < 1, "0 or more and below 1"));
        }

        private void requireObject(Set<String> known) {
            if (!object.isObject()) {
                throw wrong(path.isEmpty() ? "the file" : path.substring(0, path.length() - 1), "is not an object");
            }
            for (String name : object.propertyNames()) {
                require(
                        known.contains(name),
                        name,
                        "is not a known field; the fields here are: " + String.join(", ", new TreeSet<>(known)));
            }
        }

        private OnlineHours online(long cycle) {
            JsonNode node = object.path("online");
            List<String> spans = new ArrayList<>();
            if (node.isArray()) {
                node.forEach(span -> spans.add(span.asString("")));
            } else if (!node.isMissingNode() && !node.asString("").equals("always")) {
                spans.add(node.asString(""));
            }
            try {
                return OnlineHours.parse(cycle, spans);
            } catch (IllegalArgumentException e) {
                throw wrong(path + "online", e.getMessage());
            }
        }

        private Attributes attributes() {
            Map<String, @Nullable String> values = new LinkedHashMap<>();
            object.path("attributes").forEachEntry((name, value) -> values.put(name, value.asString("")));
            try {
                return Attributes.checked(path + "attributes", values);
            } catch (ProblemException e) {
                throw new IllegalArgumentException(e.detail(), e);
            }
        }

        private long duration(String name, long missing) {
            JsonNode node = object.path(name);
            try {
                return node.isMissingNode()
                        ? missing
                        : DurationText.parse(node.asString("")).toMillis();
            } catch (IllegalArgumentException e) {
                throw wrong(path + name, e.getMessage());
            }
        }

        private double number(String name, double missing, DoublePredicate allowed, String expected) {
            JsonNode node = object.path(name);
            double value = node.isMissingNode() ? missing : node.asDouble(Double.NaN);
            require(allowed.test(value), name, "is " + node.asString("no number") + ", expected a number " + expected);
            return value;
        }

        /** Reads a value such as {@code 30s}, or a range such as {@code 30s-2m}. */
        private ValueRange range(String name, ValueRange missing, ToDoubleFunction<String> parser) {
            JsonNode node = object.path(name);
            if (node.isMissingNode()) {
                return missing;
            }
            String[] ends = node.asString("").split("-", 2);
            try {
                return new ValueRange(
                        parser.applyAsDouble(ends[0].strip()), parser.applyAsDouble(ends[ends.length - 1].strip()));
            } catch (IllegalArgumentException e) {
                throw wrong(
                        path + name,
                        "is '" + node.asString("") + "', expected a value or a range such as "
                                + (name.equals("up") || name.equals("down") ? "1-8, in Mbit/s" : "20s-2m"));
            }
        }

        private static double milliseconds(String text) {
            return DurationText.parse(text).toMillis();
        }

        private void require(boolean holds, String name, String otherwise) {
            if (!holds) {
                throw wrong(path + name, otherwise);
            }
        }

        private static IllegalArgumentException wrong(String field, @Nullable String why) {
            return new IllegalArgumentException(field + ": " + why);
        }
    }
}
