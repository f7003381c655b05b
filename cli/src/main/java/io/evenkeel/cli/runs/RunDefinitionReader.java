package io.evenkeel.cli.runs;

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

/** Reads a run's definition from a YAML or JSON file. The coordinator checks the values. */
final class RunDefinitionReader {

    private static final Path INPUT = Path.of("-");

    private RunDefinitionReader() {}

    /** Reads a file, or standard input if its name is {@code -}. */
    static ObjectNode read(Path file, InputStream input) {
        YAMLMapper yaml = YAMLMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try {
            byte[] content = file.equals(INPUT) ? input.readAllBytes() : Files.readAllBytes(file);
            JsonNode document = yaml.readTree(content);
            if (document instanceof ObjectNode definition) {
                return definition;
            }
            throw new CommandFailure(
                    ExitCode.USAGE,
                    file
                            + " is no run's definition: expected fields such as 'name: digits'; 'evenkeel runs init' writes"
                            + " an example");
        } catch (NoSuchFileException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "there is no file " + file + ": correct -f, or make one with 'evenkeel runs init'",
                    e);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, file + " cannot be read (" + e + ")", e);
        } catch (JacksonException e) {
            var place = e.getLocation();
            throw new CommandFailure(
                    ExitCode.USAGE,
                    file + " is neither YAML nor JSON"
                            + (place == null ? "" : " at line " + place.getLineNr() + ", column " + place.getColumnNr())
                            + ": " + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        }
    }
}
