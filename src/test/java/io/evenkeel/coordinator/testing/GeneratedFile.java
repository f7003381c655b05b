package io.evenkeel.coordinator.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.StreamSupport;
import tools.jackson.databind.json.JsonMapper;

/**
 * Compares files of the repository that are generated from the code. A test fails if a file is out of date, and prints
 * the command that copies the new file.
 */
public final class GeneratedFile {

    private static final Path REPOSITORY = Files.exists(Path.of("docs")) ? Path.of("") : Path.of("..");

    private GeneratedFile() {}

    /** Writes the expected file to {@code target}, and compares the repository's file with it. */
    public static void compare(String file, String expected) throws IOException {
        Path folder = Files.createDirectories(REPOSITORY.resolve("target/generated-files"));
        Path made = folder.resolve(Path.of(file).getFileName());
        Files.writeString(made, expected);
        assertThat(Files.readString(REPOSITORY.resolve(file)))
                .as("%s is out of date: cp target/generated-files/%s %s", file, made.getFileName(), file)
                .isEqualTo(expected);
    }

    /**
     * Compares a page whose part after the line with the test's name is generated. The part before is written by hand.
     */
    public static void compareTables(String page, Class<?> test, String tables) throws IOException {
        String begin = "<!-- " + test.getSimpleName() + " makes the rest of this page from the code. -->\n";
        String text = Files.readString(REPOSITORY.resolve(page));
        assertThat(text).contains(begin);
        compare(page, text.substring(0, text.indexOf(begin)) + begin + tables);
    }

    /** Returns the Javadoc of an enum constant as the text of a Markdown table cell. */
    public static String meaning(Enum<?> constant) throws IOException {
        Class<?> type = constant.getDeclaringClass();
        try (InputStream file =
                Objects.requireNonNull(type.getResourceAsStream(type.getSimpleName() + "__Javadoc.json"))) {
            return StreamSupport.stream(
                            JsonMapper.shared()
                                    .readTree(file)
                                    .path("enumConstants")
                                    .spliterator(),
                            false)
                    .filter(found -> found.path("name").asString().equals(constant.name()))
                    .map(found -> cell(found.path("doc").asString()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(type.getSimpleName() + "." + constant + " has no Javadoc"));
        }
    }

    /** Returns Javadoc, or a text without markup, as the text of a Markdown table cell. */
    public static String cell(String javadoc) {
        return javadoc.replaceAll("\\s+", " ")
                .replaceAll("\\{@code ((?:[^{}]|\\{[^}]*})*)}", "`$1`")
                .replaceAll("\\{@link #?([^}]*)}", "`$1`")
                .replace("|", "\\|")
                .strip();
    }
}
