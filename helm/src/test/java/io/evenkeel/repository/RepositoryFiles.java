package io.evenkeel.repository;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files of the repository. */
final class RepositoryFiles {

    /** Maven runs tests in their module's folder. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** Build outputs, which hold copies of sources. */
    private static final Set<String> NO_SOURCES = Set.of("target", "build", "node_modules");

    private RepositoryFiles() {}

    /** Returns the Java files of all modules, as paths from the root. */
    static List<Path> java() throws IOException {
        List<Path> sources = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean hidden = name.startsWith(".") && !folder.equals(ROOT);
                return hidden || NO_SOURCES.contains(name) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    sources.add(ROOT.relativize(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return sources;
    }
}
