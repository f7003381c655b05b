package io.evenkeel.trial.study;

import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.experiment.PlanFile;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.sweep.SweepFolder;
import io.evenkeel.trial.sweep.SweepPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The folder of a study: study.yaml, a sweep's folder for each topic, and finally study.csv and report.html. */
public final class StudyFolder {

    private static final PlanFile PLAN = new PlanFile("study");

    /** The plan's file. */
    public static final String NAME = PLAN.name();

    private final Path folder;

    private StudyFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Creates a folder and writes the plan into it.
     *
     * @throws IOException if it already contains a study, or cannot be written
     */
    public static StudyFolder create(Path folder, StudyPlan plan) throws IOException {
        PLAN.create(folder, plan);
        return new StudyFolder(folder);
    }

    /**
     * Opens the folder of an earlier study.
     *
     * @throws IOException if there is none
     */
    public static StudyFolder open(Path folder) throws IOException {
        PLAN.requireIn(folder);
        return new StudyFolder(folder);
    }

    /** Deletes the files of the study in a folder, if there is one, and keeps all others. */
    public static void delete(Path folder) throws IOException {
        if (!PLAN.isIn(folder)) {
            return;
        }
        for (Topic topic : Topic.values()) {
            SweepFolder.delete(folder.resolve(topic.folder()));
        }
        for (String name : List.of(StudyCsv.NAME, Page.NAME, NAME)) {
            Files.deleteIfExists(folder.resolve(name));
        }
    }

    /** Undoes {@link #create} if no sweep has begun, so that the corrected command can be run again. */
    public void forget() throws IOException {
        try (var files = Files.list(folder)) {
            if (files.anyMatch(file -> !file.endsWith(NAME))) {
                return;
            }
        }
        Files.deleteIfExists(folder.resolve(NAME));
        Files.deleteIfExists(folder);
    }

    public Path path() {
        return folder;
    }

    public StudyPlan plan() throws IOException {
        return ExperimentFile.readAny(folder.resolve(NAME), StudyPlan.class);
    }

    /** Opens a topic's sweep, or creates its folder. */
    public SweepFolder sweep(Topic topic, SweepPlan plan) throws IOException {
        Path path = folder.resolve(topic.folder());
        return Files.exists(path.resolve(SweepFolder.NAME)) ? SweepFolder.open(path) : SweepFolder.create(path, plan);
    }
}
