package io.evenkeel.cli.command;

import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * Reads a document such as a run's definition from a YAML or JSON file. The coordinator checks the values;
 * its refusal then names the lines of the file.
 */
public final class DocumentFile {

    private static final Path INPUT = Path.of("-");

    private final String what;
    private final String hint;
    private final Map<String, Integer> lines = new HashMap<>();

    /**
     * Creates a reader.
     *
     * @param what the document, such as {@code run's definition}
     * @param hint how to obtain such a file, such as {@code 'evenkeel runs init' writes an example}
     */
    public DocumentFile(String what, String hint) {
        this.what = what;
        this.hint = hint;
    }

    /**
     * Reads a file, or standard input if its name is {@code -}.
     *
     * @throws CommandFailure if the file does not exist or does not contain such a document
     */
    public ObjectNode read(Path file, InputStream input) {
        YAMLMapper yaml = YAMLMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try {
            byte[] content = file.equals(INPUT) ? input.readAllBytes() : Files.readAllBytes(file);
            JsonNode document = yaml.readTree(content);
            if (document instanceof ObjectNode object) {
                findLines(yaml, content);
                return object;
            }
            throw new CommandFailure(
                    ExitCode.USAGE,
                    file + " is not a valid " + what + ": expected fields such as 'name: digits'; " + hint);
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitCode.USAGE, "there is no file " + file + ": correct -f; " + hint, e);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, file + " cannot be read (" + e + ")", e);
        } catch (JacksonException e) {
            throw new CommandFailure(ExitCode.USAGE, notYaml(file, e), e);
        }
    }

    private void findLines(YAMLMapper yaml, byte[] content) {
        try (JsonParser parser = yaml.createParser(content)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME) {
                    lines.put(
                            path(parser.streamReadContext()),
                            parser.currentTokenLocation().getLineNr());
                }
            }
        }
    }

    /** Writes a path as coordinators do: {@code tensors[2].shape}. */
    private static String path(TokenStreamContext context) {
        TokenStreamContext parent = context.getParent();
        String above = parent == null ? "" : path(parent);
        if (context.inObject()) {
            return (above.isEmpty() ? "" : above + ".") + context.currentName();
        }
        return context.inArray() ? above + "[" + context.getCurrentIndex() + "]" : above;
    }

    /**
     * Sends the document that was read.
     *
     * @throws CommandFailure if the coordinator refuses it; the message names the line of each refused field
     */
    public JsonNode posted(Path file, Supplier<JsonNode> request) {
        try {
            return request.get();
        } catch (OperatorException refusal) {
            throw located(file, refusal);
        }
    }

    private CommandFailure located(Path file, OperatorException refusal) {
        return refusal.faults().isEmpty()
                ? refusal
                : new CommandFailure(
                        refusal.exitCode(),
                        "the " + what + " is not valid; nothing was created:" + located(file, refusal.faults()),
                        refusal);
    }

    /** Returns a line for each wrong field of the document that was read, with its place in the file. */
    public String located(Path file, List<OperatorException.FieldFault> faults) {
        return faults.stream()
                .sorted(Comparator.comparing(
                        fault -> line(fault.field()), Comparator.nullsLast(Comparator.naturalOrder())))
                .map(fault -> "\n  " + place(file, fault.field()) + ": " + fault.field() + ": " + fault.message())
                .collect(Collectors.joining());
    }

    private String place(Path file, String field) {
        Integer line = line(field);
        return line == null ? file.toString() : file + ":" + line;
    }

    /** Returns the line of a field, or of its innermost enclosing field in the file; null if there is none. */
    private @Nullable Integer line(String field) {
        String path = field;
        while (!path.isEmpty() && !lines.containsKey(path)) {
            path = path.substring(0, Math.max(Math.max(path.lastIndexOf('.'), path.lastIndexOf('[')), 0));
        }
        return lines.get(path);
    }

    private static String notYaml(Path file, JacksonException e) {
        var place = e.getLocation();
        return file + " is neither YAML nor JSON"
                + (place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr()) + ": "
                + e.getOriginalMessage().lines().findFirst().orElse("");
    }
}
