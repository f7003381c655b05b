package io.evenkeel.testkit.chaos.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.OptionalLong;

/**
 * An H2 database in a folder, which the chaos test deletes. One coordinator at a time can use it.
 *
 * @param folder the coordinator's folder, which also contains the objects
 */
record H2Folder(Path folder) implements Database {

    private static final String FILE = "evenkeel.mv.db";

    @Override
    public List<String> arguments() {
        return List.of("--evenkeel.data=" + folder);
    }

    @Override
    public List<String> secrets() {
        return List.of();
    }

    @Override
    public OptionalLong holder() {
        return OptionalLong.empty();
    }

    @Override
    public Path objects() {
        return folder.resolve("evenkeel.objects");
    }

    private Path copy() {
        return folder.resolveSibling("back-up.mv.db");
    }

    @Override
    public void backUp() throws IOException {
        Files.copy(folder.resolve(FILE), copy(), StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void restore() throws IOException {
        Files.copy(copy(), folder.resolve(FILE), StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void drop() {
        // Nothing to do: the chaos test deletes the folder.
    }
}
