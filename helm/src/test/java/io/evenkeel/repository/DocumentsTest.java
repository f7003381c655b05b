package io.evenkeel.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that the links of the documents and of the console's help have a target. */
class DocumentsTest {

    private static final Pattern LINK = Pattern.compile("\\]\\(((?!https?:)[^)\\s#]*)(?:#([^)\\s]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);
    private static final Pattern NAMED =
            Pattern.compile("`(client-sdk|docs|helm|ops|src|core|coordinator|client|python)((?:/[\\w.-]+)+)/?`");

    private static final List<String> FOLDERS = List.of(
            "",
            "docs",
            "helm/evenkeel",
            "client-sdk",
            "client-sdk/java",
            "client-sdk/core",
            "client-sdk/c",
            "client-sdk/python",
            "engine",
            "src",
            "trial",
            "benchmarks/peers");

    /** The shortened paths of docs/where-to-change-what.md. */
    private static final Map<String, String> SHORT = Map.of(
            "core", "client-sdk/core/src/main/java/io/evenkeel/core",
            "engine", "engine/src/main/java/io/evenkeel/engine",
            "coordinator", "src/main/java/io/evenkeel/coordinator",
            "client", "client-sdk/java/src/main/java/io/evenkeel/client",
            "python", "client-sdk/python/src/evenkeel");

    @Test
    void linkToFilesAndHeadingsThatExist() {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            LINK.matcher(prose(document)).results().forEach(link -> {
                Path target = link.group(1).isEmpty()
                        ? document
                        : document.resolveSibling(link.group(1)).normalize();
                boolean found = Files.exists(target)
                        && (link.group(2) == null || anchors(target).contains(link.group(2)));
                if (!found) {
                    broken.add(RepositoryFiles.ROOT.relativize(document) + ": " + link.group());
                }
            });
        }
        assertThat(documents()).hasSizeGreaterThan(15);
        assertThat(broken).isEmpty();
    }

    @Test
    void theIndexListsEveryPageOfItsFolder() {
        Path index = RepositoryFiles.ROOT.resolve("docs/README.md");
        assertThat(LINK.matcher(prose(index)).results().map(link -> link.group(1)))
                .containsAll(documents().stream()
                        .filter(page -> page.startsWith(RepositoryFiles.ROOT.resolve("docs")) && !page.equals(index))
                        .map(page -> String.valueOf(page.getFileName()))
                        .toList());
    }

    @Test
    void theConsolesHelpLinksToHeadingsThatExist() throws IOException {
        String console = Files.readString(RepositoryFiles.ROOT.resolve("src/main/resources/console/app.js"));
        Matcher help = Pattern.compile("const DOCUMENTS = \\{(.*)\\}").matcher(console);

        assertThat(help.find()).isTrue();
        assertThat(Pattern.compile("'([\\w-]+)(?:\\?at=([\\w-]+))?'")
                        .matcher(help.group(1))
                        .results())
                .hasSizeGreaterThan(5)
                .allSatisfy(link -> {
                    Path page = RepositoryFiles.ROOT.resolve("docs/" + link.group(1) + ".md");
                    assertThat(page).exists();
                    if (link.group(2) != null) {
                        assertThat(anchors(page)).contains(link.group(2));
                    }
                });
    }

    @Test
    void pointContributorsToFoldersThatExist() {
        assertThat(Stream.of("CONTRIBUTING.md", "docs/where-to-change-what.md")
                        .flatMap(name -> NAMED.matcher(prose(RepositoryFiles.ROOT.resolve(name)))
                                .results())
                        .map(named -> RepositoryFiles.ROOT.resolve(
                                SHORT.getOrDefault(named.group(1), named.group(1)) + named.group(2))))
                .hasSizeGreaterThan(40)
                .allSatisfy(path -> assertThat(path).exists());
    }

    private static List<Path> documents() {
        List<Path> documents = new ArrayList<>();
        for (String folder : FOLDERS) {
            try (Stream<Path> files = Files.list(RepositoryFiles.ROOT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return documents;
    }

    /** Returns the document without its code blocks. */
    private static String prose(Path document) {
        try {
            return Files.readString(document).replaceAll("(?ms)^\\s*```.*?^\\s*```$", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the anchors of the headings. */
    private static List<String> anchors(Path document) {
        return HEADING.matcher(prose(document))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
