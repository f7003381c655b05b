package io.evenkeel.testkit.chaos.deployment;

import io.evenkeel.tools.process.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Copies folders with all their contents. */
final class Folders {

    private Folders() {}

    /** Replaces the folder {@code to} with a copy of {@code from}. */
    static void replace(Path to, Path from) throws IOException {
        if (Files.exists(to)) {
            TemporaryFolder.remove(to);
        }
        add(to, from);
    }

    /** Returns the files in a folder, relative to it. */
    static Set<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).map(folder::relativize).collect(Collectors.toSet());
        }
    }

    /** Copies all files of {@code from} into {@code to}, over those with the same names. */
    static void add(Path to, Path from) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Path copy = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(path, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
