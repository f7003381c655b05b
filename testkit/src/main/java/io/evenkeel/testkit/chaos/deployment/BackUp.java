package io.evenkeel.testkit.chaos.deployment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A backup of the coordinators' rows and objects. No coordinator may run while one is taken or restored. Not
 * thread-safe.
 */
public final class BackUp {

    private final Database database;
    private final @Nullable Path objects;

    public BackUp(ChaosDeployment deployment) {
        this.database = deployment.database();
        this.objects =
                Objects.requireNonNull(deployment.restores(), "no restores").objects();
    }

    /** Returns whether there are objects outside the database. */
    public boolean hasObjects() {
        return objects != null;
    }

    /** Takes a backup, which replaces the previous one. */
    public void take() throws IOException {
        database.backUp();
        if (objects != null) {
            Folders.replace(older(objects), objects);
        }
    }

    /** Restores the rows, and keeps the newer objects. */
    public void restoreRows() throws IOException {
        database.restore();
    }

    /**
     * Restores the objects but not the rows, and sets the newer objects aside; returns whether any object is now
     * missing.
     */
    public boolean restoreObjects() throws IOException {
        Path folder = Objects.requireNonNull(objects, "the objects are in the database");
        Folders.replace(newer(folder), folder);
        Folders.replace(folder, older(folder));
        return !Folders.files(older(folder)).containsAll(Folders.files(newer(folder)));
    }

    /** Restores the newer objects, for which coordinators may be waiting. */
    public void returnObjects() throws IOException {
        Path folder = Objects.requireNonNull(objects, "the objects are in the database");
        Folders.add(folder, newer(folder));
    }

    private static Path older(Path objects) {
        return objects.resolveSibling("older-objects");
    }

    private static Path newer(Path objects) {
        return objects.resolveSibling("newer-objects");
    }
}
