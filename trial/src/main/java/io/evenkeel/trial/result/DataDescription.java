package io.evenkeel.trial.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Keeps with the results, in sentences for people, what the data was and what happened to it before training. */
public final class DataDescription {

    /** The file's name in a results folder. */
    public static final String NAME = "data.txt";

    private DataDescription() {}

    /** Writes the file, a line a sentence; none where there is nothing to say. */
    public static void write(Path folder, List<String> lines) throws IOException {
        if (!lines.isEmpty()) {
            Files.write(folder.resolve(NAME), lines);
        }
    }

    /** Reads what {@link #write} wrote; nothing where there is no file. */
    public static List<String> read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }
}
