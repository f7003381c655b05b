package io.evenkeel.trial.probe;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.TrajectoryCsv;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder of a probe: experiment.yaml, trajectory.csv, probe.csv (one line for each ratio, client -1 for the fleet)
 * and probe.json.
 */
public final class ProbeFolder {

    private static final JsonMapper JSON = ResultsFolder.JSON
            .rebuild()
            .changeDefaultVisibility(v -> v.withIsGetterVisibility(JsonAutoDetect.Visibility.NONE))
            .build();

    private ProbeFolder() {}

    public static void write(Path folder, Experiment experiment, Probe probe, ProbeResult result) throws IOException {
        Files.createDirectories(folder);
        ExperimentFile.write(experiment, folder.resolve(ExperimentFile.NAME));
        TrajectoryCsv.write(List.of(probe.run()), folder.resolve(TrajectoryCsv.NAME));
        Files.writeString(folder.resolve("probe.json"), JSON.writeValueAsString(result) + "\n");
        try (Writer out = Files.newBufferedWriter(folder.resolve("probe.csv"))) {
            out.write("client,round,grad_norm,ratio\n");
            for (RatioPoint point : probe.points()) {
                out.write(point.client() + "," + point.round() + "," + point.gradNorm() + "," + point.ratio() + "\n");
            }
        }
    }
}
