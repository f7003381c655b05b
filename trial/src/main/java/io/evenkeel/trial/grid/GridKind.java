package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.ExperimentFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** The kinds of plans, named after their commands and files. */
public enum GridKind {
    SWEEP(SweepPlan.class),
    STUDY(StudyPlan.class);

    private final Class<? extends GridPlan> type;

    GridKind(Class<? extends GridPlan> type) {
        this.type = type;
    }

    /** Returns the command's name. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the name of the plan's file. */
    public String file() {
        return this + ".yaml";
    }

    /**
     * Reads a plan.
     *
     * @throws IllegalArgumentException if it is malformed or a setting is impossible
     * @throws IOException if it cannot be read
     */
    public GridPlan read(Path file) throws IOException {
        return ExperimentFile.readAny(file, type);
    }
}
