package io.evenkeel.testkit.chaos.deployment;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** An H2 database in a folder. One coordinator at a time can use it. */
record H2Folder(Path folder) implements Database {

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
    public void drop() {
        // Nothing to do: the chaos test deletes the folder.
    }
}
