package io.evenkeel.trial.report;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.live.LiveRecord;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a report about one trial.
 *
 * @param folder its folder's name
 * @param experiment the experiment
 * @param yaml the experiment's file
 * @param summary the results
 * @param runs the trajectories
 * @param live the record of runs of real devices; null for a trial
 */
public record TrialResults(
        String folder,
        Experiment experiment,
        String yaml,
        Summary summary,
        List<ArmRun> runs,
        @Nullable LiveRecord live) {

    public static TrialResults read(ResultsFolder results) throws IOException {
        Path path = results.path();
        return new TrialResults(
                String.valueOf(path.toAbsolutePath().normalize().getFileName()),
                results.experiment(),
                Files.readString(path.resolve(ExperimentFile.NAME)),
                results.summary(),
                results.runs(),
                LiveRecord.read(path).orElse(null));
    }

    List<ArmRun> runsOf(String arm) {
        return runs.stream().filter(run -> run.arm().equals(arm)).toList();
    }

    /** Returns the index of an arm's style: its position in the experiment. */
    int style(String arm) {
        List<String> names = summary.arms().stream().map(ArmSummary::name).toList();
        return names.indexOf(arm);
    }
}
