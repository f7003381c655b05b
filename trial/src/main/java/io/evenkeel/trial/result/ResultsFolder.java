package io.evenkeel.trial.result;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder of a trial: experiment.yaml, trajectory.csv and summary.json. While the trial is incomplete, {@code runs/}
 * contains a file for each run that has ended, so that the trial can be resumed.
 */
public final class ResultsFolder {

    private static final String SUMMARY = "summary.json";
    private static final String REPORT = "report.html";
    private static final String DESCRIPTION = "data.txt";
    private static final String RUNS = "runs";

    /** Writes results in the format of their files. */
    public static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private final Path folder;
    private final boolean made;

    private ResultsFolder(Path folder, boolean made) {
        this.folder = folder;
        this.made = made;
    }

    /**
     * Creates a folder and writes the experiment into it.
     *
     * @throws IOException if it already contains a trial, or cannot be written
     */
    public static ResultsFolder create(Path folder, Experiment experiment) throws IOException {
        requireNone(folder);
        Files.createDirectories(folder.resolve(RUNS));
        ExperimentFile.write(experiment, folder.resolve(ExperimentFile.NAME));
        return new ResultsFolder(folder, true);
    }

    /** Returns whether a folder contains a trial. */
    public static boolean isIn(Path folder) {
        return Files.exists(folder.resolve(ExperimentFile.NAME));
    }

    /**
     * Checks that a folder contains no trial.
     *
     * @throws IOException if it contains one
     */
    public static void requireNone(Path folder) throws IOException {
        if (isIn(folder)) {
            throw new IOException(folder + " already contains a trial: choose another folder with --out, replace it"
                    + " with --force, or continue it with --resume " + folder);
        }
    }

    /** Deletes the files of the trial in a folder, if there is one, and keeps all others. */
    public static void delete(Path folder) throws IOException {
        if (isIn(folder)) {
            deleteRuns(folder.resolve(RUNS));
            for (String name : List.of(SUMMARY, TrajectoryCsv.NAME, DESCRIPTION, REPORT, ExperimentFile.NAME)) {
                Files.deleteIfExists(folder.resolve(name));
            }
        }
    }

    private static void deleteRuns(Path kept) throws IOException {
        if (Files.exists(kept)) {
            try (Stream<Path> files = Files.list(kept)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(kept);
        }
    }

    /**
     * Opens the folder of an earlier trial.
     *
     * @throws IOException if there is none
     */
    public static ResultsFolder open(Path folder) throws IOException {
        if (!isIn(folder)) {
            throw new IOException(folder + " contains no trial: there is no " + ExperimentFile.NAME + " in it");
        }
        return new ResultsFolder(folder, false);
    }

    /** Saves the notes on the data and its preparation with the results, one sentence per line. */
    public void describe(List<String> lines) throws IOException {
        if (!lines.isEmpty()) {
            Files.write(folder.resolve(DESCRIPTION), lines);
        }
    }

    /** Removes an empty folder of {@link #create}, so that a corrected command can use it again. */
    public void forget() throws IOException {
        Path kept = folder.resolve(RUNS);
        if (made && !Files.exists(folder.resolve(SUMMARY)) && isEmpty(kept)) {
            Files.deleteIfExists(kept);
            Files.deleteIfExists(folder.resolve(ExperimentFile.NAME));
            if (isEmpty(folder)) {
                Files.deleteIfExists(folder);
            }
        }
    }

    /** Returns whether a directory has no files. */
    public static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    public Path path() {
        return folder;
    }

    public Experiment experiment() throws IOException {
        return ExperimentFile.read(folder.resolve(ExperimentFile.NAME));
    }

    /** Saves a completed run, so that it need not be repeated. */
    public void keep(ArmRun run) throws IOException {
        Path kept = folder.resolve(RUNS);
        Files.createDirectories(kept);
        replace(kept.resolve(name(run.arm(), run.seed())), JSON.writeValueAsString(run));
    }

    /** Replaces a file atomically: if the process is killed while writing, the previous file, if any, remains. */
    private static void replace(Path whole, String text) throws IOException {
        Path part = whole.resolveSibling(whole.getFileName() + ".part");
        Files.writeString(part, text);
        Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Reads a saved run, if there is one. */
    public Optional<ArmRun> kept(String arm, long seed) throws IOException {
        Path file = folder.resolve(RUNS).resolve(name(arm, seed));
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            ArmRun run = JSON.readValue(Files.readString(file), ArmRun.class);
            // On a case-insensitive file system arms can share a file, which then contains the last one.
            return run.arm().equals(arm) && run.seed() == seed ? Optional.of(run) : Optional.empty();
        } catch (JacksonException e) {
            throw new IOException(file + " is damaged: delete it, and the run is done again", e);
        }
    }

    /** Returns a file name that is unique to the arm: * is not allowed everywhere, and % is not valid in arm names. */
    private static String name(String arm, long seed) {
        return arm.replace("*", "%2A") + "-seed" + seed + ".json";
    }

    /** Returns whether all runs are done. */
    public boolean isComplete() throws IOException {
        return Files.exists(folder.resolve(SUMMARY)) && summary().complete();
    }

    /** Writes the results; deletes the saved runs once the results are complete. */
    public void write(List<ArmRun> runs, Summary summary) throws IOException {
        TrajectoryCsv.write(runs, folder.resolve(TrajectoryCsv.NAME));
        replace(folder.resolve(SUMMARY), JSON.writeValueAsString(summary) + "\n");
        if (summary.complete()) {
            deleteRuns(folder.resolve(RUNS));
        }
    }

    public Summary summary() throws IOException {
        Path file = folder.resolve(SUMMARY);
        try {
            JsonNode summary = JSON.readTree(Files.readString(file));
            if (summary.path("version").asInt(0) != Summary.VERSION) {
                throw new IOException(file + " has format " + summary.path("version") + ", expected " + Summary.VERSION
                        + ": run the trial again with evenkeel pilot compare --file "
                        + folder.resolve(ExperimentFile.NAME) + " --out FOLDER");
            }
            return JSON.treeToValue(summary, Summary.class);
        } catch (JacksonException e) {
            throw new IOException(file + " is damaged: " + e.getOriginalMessage(), e);
        }
    }

    public Map<TrajectoryCsv.Key, List<TrajectoryPoint>> trajectories() throws IOException {
        return TrajectoryCsv.read(folder.resolve(TrajectoryCsv.NAME));
    }

    /** Reads the runs, from the trajectories and the summary. */
    public List<ArmRun> runs() throws IOException {
        Map<TrajectoryCsv.Key, List<TrajectoryPoint>> points = trajectories();
        List<ArmRun> runs = new ArrayList<>();
        for (ArmSummary arm : summary().arms()) {
            for (ArmSummary.Run run : arm.runs()) {
                Outcome outcome = new Outcome(
                        Outcome.Kind.valueOf(run.outcome().toUpperCase(Locale.ROOT)), run.round(), run.reason());
                TrajectoryCsv.Key key = new TrajectoryCsv.Key(arm.name(), run.seed());
                runs.add(new ArmRun(
                        arm.name(), run.seed(), outcome, Objects.requireNonNullElse(points.get(key), List.of())));
            }
        }
        return runs;
    }
}
