package io.evenkeel.repository;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests that class names are unique, so that a stack trace or a search by name leads to one class. */
class ClassNamesTest {

    /** The entry points of modules, and files that declare no class. */
    private static final Set<String> SHARED = Set.of("Main.java", "package-info.java", "module-info.java");

    @Test
    void everyTopLevelClassHasAUniqueName() throws IOException {
        List<Path> sources = RepositoryFiles.java();
        Map<String, List<Path>> byName = sources.stream()
                .collect(groupingBy(source -> source.getFileName().toString()));
        byName.keySet().removeAll(SHARED);
        byName.values().removeIf(files -> files.size() == 1);

        assertThat(sources).as("the walk found the modules").anyMatch(file -> file.startsWith("trial"));
        assertThat(byName).as("rename one of each").isEmpty();
    }
}
