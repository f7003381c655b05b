package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Algorithm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Compares the public API of the jars that devices depend on with {@code public-api.txt}. If a change is intended,
 * accept it, and say in CHANGELOG.md what breaks:
 *
 * <pre>./mvnw -pl client-sdk/java -am test -Dtest=PublicApiTest -Dsurefire.failIfNoSpecifiedTests=false -Devenkeel.api.accept=true</pre>
 */
class PublicApiTest {

    private static final Path BASELINE = Path.of("..", "public-api.txt");
    private static final Pattern INTERNAL = Pattern.compile(".*/internal/.*|.*(package|module)-info\\.class");
    private static final Pattern PUBLIC = Pattern.compile("(?s)(Compiled from [^\\n]*\\n)?public .*");

    private static final Pattern OF_OBJECT =
            Pattern.compile(".* (equals\\(java.lang.Object\\)|hashCode\\(\\)|toString\\(\\));");

    @Test
    void theApiIsTheOneThatIsKept() throws Exception {
        String api = api(Algorithm.class) + api(EvenkeelClient.class);
        if (Boolean.getBoolean("evenkeel.api.accept")) {
            Files.writeString(BASELINE, api);
        }

        assertThat(api.lines())
                .as("the public API has changed: PublicApiTest says how to accept it")
                .containsExactlyElementsOf(Files.readAllLines(BASELINE));
    }

    /**
     * Returns the public classes of a jar, or of a folder of classes, with their public and protected
     * members, sorted.
     */
    private static String api(Class<?> one) throws Exception {
        URI place = one.getProtectionDomain().getCodeSource().getLocation().toURI();
        Path file = Path.of(place);
        if (Files.isDirectory(file)) {
            return api(file, file.toString());
        }
        try (FileSystem jar = FileSystems.newFileSystem(file)) {
            return api(jar.getPath("/"), file.toString());
        }
    }

    private static String api(Path root, String classPath) throws IOException {
        StringBuilder api = new StringBuilder();
        try (Stream<Path> files = Files.walk(root)) {
            files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith(".class")
                            && !INTERNAL.matcher('/' + file).matches())
                    .sorted()
                    .map(file -> described(
                            classPath,
                            file.substring(0, file.length() - ".class".length()).replace('/', '.')))
                    .forEach(api::append);
        }
        return api.toString();
    }

    private static String described(String classPath, String name) {
        StringWriter text = new StringWriter();
        PrintWriter errors = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = ToolProvider.findFirst("javap")
                .orElseThrow()
                .run(new PrintWriter(text), errors, "-protected", "-cp", classPath, name);
        assertThat(code).as(name).isZero();
        String described = text.toString();
        if (!PUBLIC.matcher(described).matches()) {
            return "";
        }
        // The class, followed by its members; omits the members that every record has.
        return described
                .lines()
                .filter(line -> line.startsWith("public ")
                        || (line.startsWith(" ") && !OF_OBJECT.matcher(line).matches()))
                .sorted(Comparator.comparing((String line) -> line.startsWith(" "))
                        .thenComparing(line -> line))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }
}
