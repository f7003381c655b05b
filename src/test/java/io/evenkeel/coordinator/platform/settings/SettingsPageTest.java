package io.evenkeel.coordinator.platform.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.GeneratedFile;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Generates docs/settings.md: every setting of the records that Spring Boot binds, with its default and its Javadoc.
 */
class SettingsPageTest {

    private static final Path SOURCES = Files.exists(Path.of("docs")) ? Path.of("src/main/java") : Path.of("main/java");
    private static final Pattern PARAMETER =
            Pattern.compile("@param (\\w+)\\s+(.*?)(?=\\s*\\*\\s*@|\\s*\\*/)", Pattern.DOTALL);

    /** Matches the default in a description, since the table has a separate column for it. */
    private static final Pattern DEFAULT = Pattern.compile(
            "[,:]? default (?:\\{@code [^}]*}|[0-9]+(?:,[0-9]{3})*+(?: (?:ms|s|min|h|days|seconds|MB))?|off|true|false)(?=[,;:]|$)");

    @Test
    void thePageHasEverySettingWithItsDefaultAndMeaning() throws Exception {
        GeneratedFile.compareTables("docs/settings.md", SettingsPageTest.class, tables());
    }

    private static String tables() throws Exception {
        Map<String, List<String>> groups = new TreeMap<>();
        groups.computeIfAbsent("evenkeel", key -> new ArrayList<>())
                .add(
                        "| `evenkeel.data` | `./data` | the folder of the H2 database; unused with another `spring.datasource.url` |");
        for (Class<?> settings : settings()) {
            String prefix =
                    settings.getAnnotation(ConfigurationProperties.class).value();
            addRows(prefix, settings, parameters(settings), groups.computeIfAbsent(prefix, key -> new ArrayList<>()));
        }
        StringBuilder tables = new StringBuilder();
        groups.forEach((prefix, rows) -> tables.append("\n## ")
                .append(prefix)
                .append("\n\n| setting | default | meaning |\n|---|---|---|\n")
                .append(String.join("\n", rows))
                .append('\n'));
        return tables.toString();
    }

    private static List<Class<?>> settings() throws Exception {
        List<Class<?>> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(path -> path.toString().endsWith("Settings.java"))
                    .toList()) {
                String name =
                        SOURCES.relativize(file).toString().replace(".java", "").replace('/', '.');
                Class<?> type = Class.forName(name);
                if (type.isAnnotationPresent(ConfigurationProperties.class)) {
                    found.add(type);
                }
            }
        }
        assertThat(found).hasSizeGreaterThan(10);
        return found;
    }

    private static void addRows(String prefix, Class<?> settings, Map<String, String> words, List<String> rows) {
        for (RecordComponent component : settings.getRecordComponents()) {
            String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
            if (component.getType().isRecord()) {
                addRows(name, component.getType(), words, rows);
            } else {
                String meaning = words.get(component.getName());
                assertThat(meaning)
                        .as("@param %s of %s", component.getName(), settings)
                        .isNotNull();
                rows.add("| `" + name + "` | " + defaultOf(settings, component) + " | " + meaning + " |");
            }
        }
    }

    /** Returns the default of a record component from the annotation of the constructor's parameter. */
    private static String defaultOf(Class<?> settings, RecordComponent component) {
        List<String> names = Arrays.stream(settings.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
        DefaultValue value =
                settings.getDeclaredConstructors()[0].getParameters()[names.indexOf(component.getName())].getAnnotation(
                        DefaultValue.class);
        return value == null || value.value().length == 0 ? "none" : "`" + value.value()[0] + "`";
    }

    /** Returns the Javadoc of each component of a record and of its nested records. */
    private static Map<String, String> parameters(Class<?> settings) throws IOException {
        String source = Files.readString(SOURCES.resolve(settings.getName().replace('.', '/') + ".java"));
        Map<String, String> words = new TreeMap<>();
        Matcher parameter = PARAMETER.matcher(source);
        while (parameter.find()) {
            String text =
                    parameter.group(2).replaceAll("\\s*\\n\\s*\\*\\s*", " ").strip();
            String meaning = DEFAULT.matcher(text).replaceAll("").replaceAll("[,;]$", "");
            words.putIfAbsent(parameter.group(1), meaning.replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`"));
        }
        return words;
    }
}
