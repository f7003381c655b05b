package io.evenkeel.trial.experiment;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** Reads and writes experiment.yaml. */
public final class ExperimentFile {

    /** The file's name in a results folder. */
    public static final String NAME = "experiment.yaml";

    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
            .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
            .changeDefaultVisibility(visibility -> visibility.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private ExperimentFile() {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it is malformed or a setting is impossible; the message has line and column
     *     if they are known
     * @throws IOException if it cannot be read
     */
    public static Experiment read(Path file) throws IOException {
        ExperimentDraft draft = readAny(file, ExperimentDraft.class);
        try {
            return draft.complete();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Creates an experiment from settings, with defaults for the missing ones.
     *
     * @param settings the settings by their names in files
     * @throws IllegalArgumentException if a setting is impossible
     */
    public static Experiment of(Map<String, ?> settings) {
        return draft(settings).complete();
    }

    /**
     * Reads settings.
     *
     * @param settings the settings by their names in files, in nested maps
     * @throws IllegalArgumentException if a setting is impossible
     */
    public static ExperimentDraft draft(Map<String, ?> settings) {
        try {
            return MAPPER.convertValue(settings, ExperimentDraft.class);
        } catch (JacksonException e) {
            throw e.getCause() instanceof IllegalArgumentException refused
                    ? refused
                    : new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    /**
     * Reads another kind of file with the same syntax.
     *
     * @throws IllegalArgumentException if it is malformed or a setting is impossible; the message has line and column
     *     if they are known
     * @throws IOException if it cannot be read
     */
    public static <T> T readAny(Path file, Class<T> type) throws IOException {
        String text = Files.readString(file);
        try {
            return MAPPER.readValue(text, type);
        } catch (UnrecognizedPropertyException e) {
            throw new IllegalArgumentException(
                    file + place(text, e) + ": there is no setting '" + e.getPropertyName() + "': expected one of "
                            + e.getKnownPropertyIds().stream()
                                    .map(String::valueOf)
                                    .sorted()
                                    .toList(),
                    e);
        } catch (JacksonException e) {
            Throwable cause = e.getCause() instanceof IllegalArgumentException ? e.getCause() : e;
            String what = cause == e ? e.getOriginalMessage() : cause.getMessage();
            throw new IllegalArgumentException(file + place(e.getLocation()) + ": " + what, e);
        }
    }

    /** Reads a resource with the same syntax from the package of a class. */
    public static <T> T readResource(Class<?> beside, String name, Class<T> type) {
        try (InputStream in = Objects.requireNonNull(beside.getResourceAsStream(name), name)) {
            return MAPPER.readValue(in, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the location of a key. When the parser finds that a key is unknown, it has already passed the key and its
     * value.
     */
    private static String place(String text, UnrecognizedPropertyException e) {
        Matcher key = Pattern.compile("(?m)(?<![\\w-])" + Pattern.quote(e.getPropertyName()) + "[\"']?\\s*:")
                .matcher(text);
        if (!key.find()) {
            return place(e.getLocation());
        }
        String before = text.substring(0, key.start());
        long line = before.lines().count() + (before.isEmpty() || before.endsWith("\n") ? 1 : 0);
        return ":" + line + ":" + (key.start() - before.lastIndexOf('\n'));
    }

    private static String place(@Nullable TokenStreamLocation location) {
        return location == null || location.getLineNr() < 1
                ? ""
                : ":" + location.getLineNr() + ":" + location.getColumnNr();
    }

    /**
     * Returns a draft with one setting changed.
     *
     * @param path its path in a file, such as {@code data.label-noise}
     * @param value the value in the file's syntax
     * @throws IllegalArgumentException if there is no such setting, or the value is invalid
     */
    public static ExperimentDraft with(ExperimentDraft draft, String path, String value) {
        ObjectNode tree = MAPPER.valueToTree(draft);
        ObjectNode parent = tree;
        String[] names = path.split("\\.", -1);
        for (int i = 0; i < names.length - 1; i++) {
            parent = parent.get(names[i]) instanceof ObjectNode child ? child : parent.putObject(names[i]);
        }
        parent.set(names[names.length - 1], MAPPER.readTree(value));
        try {
            return MAPPER.treeToValue(tree, ExperimentDraft.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "there is no setting '" + path + "' that could be '" + value
                            + "': expected a path into experiment.yaml, such as fleet.clients, and a value in its syntax",
                    e);
        }
    }

    /** Writes a file from which {@link #read} reads the same experiment. */
    public static void write(Experiment experiment, Path file) throws IOException {
        writeAny(experiment, file);
    }

    /** Writes a file from which {@link #readAny} reads the same content. */
    public static void writeAny(Object content, Path file) throws IOException {
        Files.writeString(file, MAPPER.writeValueAsString(content));
    }
}
