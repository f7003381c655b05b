package io.evenkeel.coordinator.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The schema as its migrations create it. */
public final class MigrationFiles {

    private static final Path FOLDER = Path.of("main/resources/db/migration");

    private MigrationFiles() {}

    /** Returns the texts of all migrations. */
    public static String text() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            StringBuilder text = new StringBuilder();
            List<Path> sorted = files.sorted().toList();
            for (Path file : sorted) {
                text.append(Files.readString(file, StandardCharsets.UTF_8));
            }
            return text.toString();
        }
    }
}
