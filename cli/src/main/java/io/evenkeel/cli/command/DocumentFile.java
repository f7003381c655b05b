package io.evenkeel.cli.command;

import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads a document such as a run's definition from a YAML or JSON file. The coordinator checks the values. */
public final class DocumentFile {

    private static final Path INPUT = Path.of("-");

    private final String what;
    private final String hint;

    /**
     * Creates a reader.
     *
     * @param what the document, such as {@code run's definition}
     * @param hint where a file comes from, such as {@code 'evenkeel runs init' writes an example}
     */
    public DocumentFile(String what, String hint) {
        this.what = what;
        this.hint = hint;
    }

    /**
     * Reads a file, or standard input if its name is {@code -}.
     *
     * @throws CommandFailure if there is no such file, or it has no such document
     */
    public ObjectNode read(Path file, InputStream input) {
        YAMLMapper yaml = YAMLMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try {
            byte[] content = file.equals(INPUT) ? input.readAllBytes() : Files.readAllBytes(file);
            JsonNode document = yaml.readTree(content);
            if (document instanceof ObjectNode object) {
                return object;
            }
            throw new CommandFailure(
                    ExitCode.USAGE, file + " is no " + what + ": expected fields such as 'name: digits'; " + hint);
        } catch (NoSuchFileException e) {
            throw new CommandFailure(ExitCode.USAGE, "there is no file " + file + ": correct -f; " + hint, e);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, file + " cannot be read (" + e + ")", e);
        } catch (JacksonException e) {
            throw new CommandFailure(ExitCode.USAGE, notYaml(file, e), e);
        }
    }

    private static String notYaml(Path file, JacksonException e) {
        var place = e.getLocation();
        return file + " is neither YAML nor JSON"
                + (place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr()) + ": "
                + e.getOriginalMessage().lines().findFirst().orElse("");
    }
}
