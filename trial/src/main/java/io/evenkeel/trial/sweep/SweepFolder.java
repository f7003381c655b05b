package io.evenkeel.trial.sweep;

import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.experiment.PlanFile;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ResultsFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a sweep: sweep.yaml, a results folder for each cell under cells/, and finally sweep.csv and
 * report.html.
 */
public final class SweepFolder {

    private static final PlanFile PLAN = new PlanFile("sweep");

    /** The plan's file. */
    public static final String NAME = PLAN.name();

    private static final String CELLS = "cells";

    private final Path folder;

    private SweepFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Creates a folder and writes the plan into it.
     *
     * @throws IOException if it already contains a sweep, or cannot be written
     */
    public static SweepFolder create(Path folder, SweepPlan plan) throws IOException {
        PLAN.create(folder, plan);
        return new SweepFolder(folder);
    }

    /**
     * Opens the folder of an earlier sweep.
     *
     * @throws IOException if there is none
     */
    public static SweepFolder open(Path folder) throws IOException {
        PLAN.requireIn(folder);
        return new SweepFolder(folder);
    }

    /** Deletes the files of the sweep in a folder, if there is one, and keeps all others. */
    public static void delete(Path folder) throws IOException {
        if (!PLAN.isIn(folder)) {
            return;
        }
        Path cells = folder.resolve(CELLS);
        if (Files.exists(cells)) {
            try (Stream<Path> paths = Files.list(cells)) {
                for (Path cell : paths.toList()) {
                    ResultsFolder.delete(cell);
                    deleteIfEmpty(cell);
                }
            }
            deleteIfEmpty(cells);
        }
        for (String name : List.of(SweepCsv.NAME, Page.NAME, NAME)) {
            Files.deleteIfExists(folder.resolve(name));
        }
    }

    private static void deleteIfEmpty(Path directory) throws IOException {
        if (isEmpty(directory)) {
            Files.delete(directory);
        }
    }

    /** Undoes {@link #create} if no cell has begun, so that the corrected command can be run again. */
    public void forget() throws IOException {
        Path cells = folder.resolve(CELLS);
        if (!Files.exists(cells) || isEmpty(cells)) {
            Files.deleteIfExists(cells);
            Files.deleteIfExists(folder.resolve(NAME));
            deleteIfEmpty(folder);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    public Path path() {
        return folder;
    }

    public SweepPlan plan() throws IOException {
        return ExperimentFile.readAny(folder.resolve(NAME), SweepPlan.class);
    }

    /** Opens a cell's folder, or creates it. */
    public ResultsFolder cell(SweepPlan.Cell cell) throws IOException {
        Path path = path(cell);
        return Files.exists(path.resolve(ExperimentFile.NAME))
                ? ResultsFolder.open(path)
                : ResultsFolder.create(path, cell.experiment());
    }

    private Path path(SweepPlan.Cell cell) {
        return folder.resolve(CELLS).resolve(cell.name());
    }

    public boolean isDone(SweepPlan.Cell cell) throws IOException {
        Path path = path(cell);
        return Files.exists(path.resolve(ExperimentFile.NAME))
                && ResultsFolder.open(path).isComplete();
    }

    /** Returns the name of a cell's metric on held-out samples. */
    String metric(SweepPlan.Cell cell) throws IOException {
        String metric = ResultsFolder.open(path(cell)).summary().problem().metric();
        return metric == null ? QualityMetric.ACCURACY.name() : metric;
    }

    /** Reads the runs of all cells, cell by cell. */
    public List<List<ArmRun>> runs(List<SweepPlan.Cell> cells) throws IOException {
        List<List<ArmRun>> all = new ArrayList<>();
        for (SweepPlan.Cell cell : cells) {
            all.add(ResultsFolder.open(path(cell)).runs());
        }
        return all;
    }
}
