package io.evenkeel.trial.live;

import io.evenkeel.trial.result.ResultsFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * runs.json: the compared runs, and the notes that a reader needs.
 *
 * @param version of this format, 1
 * @param coordinator the coordinator's address
 * @param metric the metric in place of the accuracy, null if there is none
 * @param window the number of rounds of the trailing means by which targets and final figures are judged
 * @param runs the runs in their order, with the yardstick first by default
 * @param differences the differences of their definitions, the method's settings first
 * @param cautions the cautions, one sentence each
 */
public record LiveRecord(
        int version,
        String coordinator,
        @Nullable String metric,
        int window,
        List<Run> runs,
        List<Difference> differences,
        List<String> cautions) {

    static final int VERSION = 1;

    private static final String NAME = "runs.json";

    public LiveRecord {
        runs = List.copyOf(runs);
        differences = List.copyOf(differences);
        cautions = List.copyOf(cautions);
    }

    /**
     * A run that was compared.
     *
     * @param name its name
     * @param state running, paused, finished, cancelled or failed
     * @param message why it failed or was paused, or empty
     * @param closedRounds the number of closed rounds
     * @param definition its definition by the names of the API, with
     *     all defaults
     */
    public record Run(String name, String state, String message, int closedRounds, Map<String, Object> definition) {}

    /** Returns the command that compares the runs again. */
    public String command() {
        return "evenkeel pilot compare --runs "
                + String.join(",", runs.stream().map(Run::name).toList()) + " --coordinator " + coordinator
                + (metric == null ? "" : " --metric " + metric) + " --out again";
    }

    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve(NAME), ResultsFolder.JSON.writeValueAsString(this) + "\n");
    }

    /** Reads the record from a results folder; empty if the results are not those of real runs. */
    public static Optional<LiveRecord> read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ResultsFolder.JSON.readValue(Files.readString(file), LiveRecord.class));
        } catch (JacksonException e) {
            throw new IOException(file + " is damaged: " + e.getOriginalMessage(), e);
        }
    }
}
