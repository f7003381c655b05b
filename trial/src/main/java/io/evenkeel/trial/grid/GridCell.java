package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.result.ResultsFolder;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A trial of a grid.
 *
 * @param path its folder
 * @param experiment its experiment
 */
public record GridCell(Path path, Experiment experiment) {

    /** Returns its name. */
    public String name() {
        return String.valueOf(path.getFileName());
    }

    /**
     * Creates the folder, or opens that of an earlier attempt.
     *
     * @throws IllegalArgumentException if the earlier attempt has other settings
     */
    public ResultsFolder open() throws IOException {
        if (!ResultsFolder.isIn(path)) {
            return ResultsFolder.create(path, experiment);
        }
        ResultsFolder earlier = ResultsFolder.open(path);
        if (!earlier.experiment().equals(experiment)) {
            throw new IllegalArgumentException(
                    path
                            + " was started with different settings: use the same settings, or choose another folder with --out");
        }
        return earlier;
    }
}
