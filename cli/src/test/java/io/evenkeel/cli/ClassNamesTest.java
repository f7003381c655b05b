package io.evenkeel.cli;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Checks the names of classes in all modules: a stack trace or a search by name must lead to one class. */
class ClassNamesTest {

    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    /** The entry points of modules, and files that declare no class. */
    private static final Set<String> SHARED = Set.of("Main.java", "package-info.java", "module-info.java");

    /** Build outputs, which hold copies of sources. */
    private static final Set<String> NO_SOURCES = Set.of("target", "build", "node_modules");

    @Test
    void everyTopLevelClassHasANameOfItsOwn() throws IOException {
        List<Path> sources = sources();
        Map<String, List<Path>> byName = sources.stream()
                .collect(groupingBy(source -> source.getFileName().toString()));
        byName.values().removeIf(files -> files.size() == 1);

        assertThat(sources).as("the walk found the modules").anyMatch(file -> file.startsWith("trial"));
        assertThat(byName).as("rename one of each").isEmpty();
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        Files.walkFileTree(REPOSITORY, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean hidden = name.startsWith(".") && !folder.equals(REPOSITORY);
                return hidden || NO_SOURCES.contains(name) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (name.endsWith(".java") && !SHARED.contains(name)) {
                    sources.add(REPOSITORY.relativize(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return sources;
    }
}
