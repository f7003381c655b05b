package io.evenkeel.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * The fields of a run's definition, which the coordinator's DefinitionFieldTest writes to a file: one path per line,
 * with a star if the field can change. Provides the changeable fields as candidates for completion; the coordinator
 * checks each change.
 */
public final class DefinitionFields implements Iterable<String> {

    private static final String CHANGES = " *";
    private static final List<String> LINES = read();

    private static List<String> read() {
        try (InputStream file =
                Objects.requireNonNull(DefinitionFields.class.getResourceAsStream("definition-fields.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the names of all fields, in the order of the definition. */
    public static List<String> names() {
        return LINES.stream()
                .map(line -> line.replaceFirst("[. ].*", ""))
                .distinct()
                .toList();
    }

    @Override
    public Iterator<String> iterator() {
        return LINES.stream()
                .filter(line -> line.endsWith(CHANGES))
                .map(line -> line.replace(CHANGES, "="))
                .iterator();
    }
}
