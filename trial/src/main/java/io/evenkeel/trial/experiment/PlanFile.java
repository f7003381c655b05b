package io.evenkeel.trial.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The file that describes the trials in a folder, for one kind of plan.
 *
 * @param kind the kind of plan, such as {@code sweep}; also the file's name without {@code .yaml}
 */
public record PlanFile(String kind) {

    public String name() {
        return kind + ".yaml";
    }

    /**
     * Creates a folder and writes a plan into it.
     *
     * @throws IOException if it already contains a plan of this kind, or cannot be written
     */
    public void create(Path folder, Object plan) throws IOException {
        if (isIn(folder)) {
            throw new IOException(
                    folder + " holds a " + kind + " already: name another folder with --out, replace it with --force,"
                            + " or go on with it with --resume " + folder);
        }
        Files.createDirectories(folder);
        ExperimentFile.writeAny(plan, folder.resolve(name()));
    }

    /**
     * Checks that a folder contains a plan of this kind.
     *
     * @throws IOException if there is none
     */
    public void requireIn(Path folder) throws IOException {
        if (!isIn(folder)) {
            throw new IOException(folder + " holds no " + kind + ": there is no " + name() + " in it");
        }
    }

    /** Returns whether a folder contains a plan of this kind. */
    public boolean isIn(Path folder) {
        return Files.exists(folder.resolve(name()));
    }
}
