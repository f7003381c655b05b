package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.result.ResultsFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folder of a grid: the plan's file, a results folder for each trial under cells/, and finally a CSV file and
 * report.html. A study has a folder for each of its sweeps under cells/.
 */
public final class GridFolder {

    private static final String CELLS = "cells";

    private final Path folder;
    private final GridPlan plan;
    private final boolean made;

    private GridFolder(Path folder, GridPlan plan, boolean made) {
        this.folder = folder;
        this.plan = plan;
        this.made = made;
    }

    /**
     * Creates a folder and writes the plan into it.
     *
     * @throws IllegalArgumentException if a trial of the plan is impossible
     * @throws IOException if it already contains such a grid, or cannot be written
     */
    public static GridFolder create(Path folder, GridPlan plan) throws IOException {
        GridFolder created = new GridFolder(folder, plan, true);
        // Finds impossible settings before it creates the folder.
        created.cells();
        Path file = folder.resolve(plan.kind().file());
        if (Files.exists(file)) {
            throw new IOException(folder + " holds a " + plan.kind()
                    + " already: choose another folder with --out, replace it with --force, or continue it with"
                    + " --resume " + folder);
        }
        Files.createDirectories(folder);
        ExperimentFile.writeAny(plan, file);
        return created;
    }

    /**
     * Opens the folder of an earlier grid.
     *
     * @throws IOException if there is none
     */
    public static GridFolder open(Path folder, GridKind kind) throws IOException {
        Path file = folder.resolve(kind.file());
        if (!Files.exists(file)) {
            throw new IOException(folder + " contains no " + kind + ": there is no " + kind.file() + " in it");
        }
        return new GridFolder(folder, kind.read(file), false);
    }

    /** Deletes the files of a grid in a folder, if there are any, and keeps all others. */
    public static void delete(Path folder, GridKind kind) throws IOException {
        if (Files.exists(folder.resolve(kind.file()))) {
            deleteCells(folder);
            for (String name : List.of(GridCsv.name(kind), Page.NAME, kind.file())) {
                Files.deleteIfExists(folder.resolve(name));
            }
        }
    }

    private static void deleteCells(Path folder) throws IOException {
        Path cells = folder.resolve(CELLS);
        if (Files.exists(cells)) {
            try (Stream<Path> paths = Files.walk(cells)) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    if (Files.isDirectory(path)) {
                        ResultsFolder.delete(path);
                        deleteIfEmpty(path);
                    }
                }
            }
        }
    }

    private static void deleteIfEmpty(Path directory) throws IOException {
        if (Files.isDirectory(directory) && ResultsFolder.isEmpty(directory)) {
            Files.delete(directory);
        }
    }

    /** Undoes {@link #create} if no trial has begun, so that the corrected command can be run again. */
    public void forget() throws IOException {
        if (made && cells().stream().noneMatch(cell -> ResultsFolder.isIn(cell.path()))) {
            deleteCells(folder);
            Files.deleteIfExists(folder.resolve(plan.kind().file()));
            deleteIfEmpty(folder);
        }
    }

    public Path path() {
        return folder;
    }

    GridPlan plan() {
        return plan;
    }

    /** Returns all trials, in the order of their execution. */
    public List<GridCell> cells() {
        List<GridCell> all = new ArrayList<>();
        plan.grids()
                .forEach((name, sweep) ->
                        sweep.cells().forEach(cell -> all.add(new GridCell(path(name, cell), cell.experiment()))));
        return List.copyOf(all);
    }

    private Path path(String grid, SweepPlan.Cell cell) {
        return folder.resolve(CELLS).resolve(grid).resolve(cell.name());
    }

    /** Reads the results of each sweep, by its name. */
    Map<String, GridResults> results() throws IOException {
        Map<String, GridResults> all = new LinkedHashMap<>();
        for (Map.Entry<String, SweepPlan> grid : plan.grids().entrySet()) {
            List<SweepPlan.Cell> cells = grid.getValue().cells();
            List<ResultsFolder> folders = new ArrayList<>();
            for (SweepPlan.Cell cell : cells) {
                folders.add(ResultsFolder.open(path(grid.getKey(), cell)));
            }
            all.put(grid.getKey(), GridResults.read(grid.getValue(), cells, folders));
        }
        return all;
    }
}
