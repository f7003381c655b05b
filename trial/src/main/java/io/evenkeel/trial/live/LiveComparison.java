package io.evenkeel.trial.live;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.DataSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.measure.Summarizer;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.simulation.Arm;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Compares two or more runs of real devices: writes a results folder like that of a trial. */
public final class LiveComparison {

    /** The window of trailing means, as a share of the shortest run's rounds. */
    private static final int WINDOWS = 20;

    /** The default metrics: those for which larger values are certainly better. */
    private static final List<String> USUAL_METRICS = List.of("accuracy", "auc", "f1", "r2");

    private final List<LiveRun> runs;
    private final @Nullable String metric;
    private final LiveRun yardstick;
    private final int window;
    private final List<LiveTrajectory> trajectories;

    /**
     * Compares the runs in their current state.
     *
     * @param runs at least two, with different names
     * @param metric the metric in place of the accuracy, where larger is better; null for accuracy, auc, f1 or r2 if
     *     all runs have it
     * @param baseline the run that the others are compared with; null for the first uncompressed one, or else the first
     * @throws IllegalArgumentException if a run has no such metric, or there is no such run
     */
    public LiveComparison(List<LiveRun> runs, @Nullable String metric, @Nullable String baseline) {
        this.runs = List.copyOf(runs);
        this.metric = chosen(this.runs, metric);
        this.yardstick = yardstick(this.runs, baseline);
        int shortest = runs.stream().mapToInt(run -> run.rounds().size()).min().orElse(1);
        this.window = (shortest + WINDOWS - 1) / WINDOWS;
        this.trajectories = runs.stream()
                .map(run -> new LiveTrajectory(run, this.metric, window))
                .toList();
    }

    private static @Nullable String chosen(List<LiveRun> runs, @Nullable String wanted) {
        TreeSet<String> common = new TreeSet<>(runs.get(0).metrics());
        runs.forEach(run -> common.retainAll(run.metrics()));
        if (wanted == null) {
            return USUAL_METRICS.stream().filter(common::contains).findFirst().orElse(null);
        }
        if (!common.contains(wanted)) {
            throw new IllegalArgumentException("metric '" + wanted + "' was not reported in all runs: "
                    + (common.isEmpty()
                            ? "they have none in common; leave out --metric to compare losses"
                            : "they have " + String.join(", ", common) + " in common"));
        }
        return wanted;
    }

    private static LiveRun yardstick(List<LiveRun> runs, @Nullable String baseline) {
        if (baseline == null) {
            return runs.stream().filter(LiveRun::isUncompressed).findFirst().orElse(runs.get(0));
        }
        return runs.stream()
                .filter(run -> run.name().equals(baseline))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--baseline is '" + baseline
                        + "', expected one of the runs: "
                        + String.join(", ", runs.stream().map(LiveRun::name).toList())));
    }

    /**
     * Returns the experiment for the results folder.
     *
     * @param coordinator the coordinator's address
     * @param targets such as {@code loss:0.3}; empty to derive them from the yardstick
     */
    public Experiment experiment(String coordinator, List<String> targets) {
        Map<String, Object> data = Map.of(
                "source",
                DataSettings.COORDINATOR,
                "file",
                "runs " + String.join(", ", runs.stream().map(LiveRun::name).toList()) + " at " + coordinator);
        Map<String, Object> experiment = new LinkedHashMap<>();
        experiment.put("data", data);
        experiment.put("loss", Map.of("kind", DataSettings.COORDINATOR, "regularizer", "none"));
        experiment.put("fleet", Map.of("clients", clients()));
        experiment.put("start", Map.of("x", "suggested"));
        experiment.put(
                "rounds", runs.stream().mapToInt(LiveRun::plannedRounds).max().orElse(1));
        experiment.put("seeds", List.of(LiveTrajectory.SEED));
        experiment.put("targets", targets.isEmpty() ? defaultTargets() : targets);
        experiment.put("baseline", yardstick.name());
        experiment.put("arms", runs.stream().map(LiveComparison::arm).toList());
        return ExperimentFile.of(experiment);
    }

    private static Map<String, Object> arm(LiveRun run) {
        Map<String, Object> arm = new LinkedHashMap<>();
        arm.put("name", run.name());
        for (String setting : List.of("algorithm", "compressor", "step", "gamma", "eta")) {
            arm.put(setting, run.setting(setting));
        }
        return arm;
    }

    private List<String> defaultTargets() {
        return LiveTargets.of(trajectories.get(runs.indexOf(yardstick)).smoothed(), metric != null);
    }

    private int clients() {
        return runs.stream()
                .flatMap(run -> run.rounds().stream())
                .mapToInt(round -> round.members())
                .max()
                .orElse(1);
    }

    /**
     * Writes runs.json, trajectory.csv and summary.json.
     *
     * @param folder a folder created for {@link #experiment}
     * @param coordinator the coordinator's address
     * @return the record of the runs in the folder
     */
    public LiveRecord write(ResultsFolder folder, String coordinator, Clock clock) throws IOException {
        List<Difference> differences = Difference.between(runs);
        LiveRecord record = new LiveRecord(
                LiveRecord.VERSION,
                coordinator,
                metric,
                window,
                runs.stream().map(LiveComparison::described).toList(),
                differences,
                new LiveCautions(runs, trajectories, yardstick, metric, window).sentences(differences));
        record.write(folder.path());
        folder.write(trajectories.stream().map(LiveTrajectory::recorded).toList(), summary(folder.experiment(), clock));
        return record;
    }

    private static LiveRecord.Run described(LiveRun run) {
        return new LiveRecord.Run(
                run.name(),
                run.details().status().state(),
                run.details().status().message(),
                run.rounds().size(),
                run.details().definition());
    }

    private Summary summary(Experiment experiment, Clock clock) {
        List<Arm> arms = new ArrayList<>();
        for (int r = 0; r < runs.size(); r++) {
            LiveRun run = runs.get(r);
            ArmSettings settings = experiment.arms().get(r);
            arms.add(Arm.of(settings, run.layout(), Optional::empty, run.plannedRounds() - 1));
        }
        List<ArmRun> smoothed =
                trajectories.stream().map(LiveTrajectory::smoothed).toList();
        Summarizer.Size size = new Summarizer.Size(
                yardstick.layout().dimension(),
                clients(),
                0,
                metric == null ? null : new QualityMetric(metric, true),
                null,
                null);
        return new Summarizer(experiment, size, arms, smoothed, clock).summary();
    }
}
