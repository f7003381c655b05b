package io.evenkeel.trial.study;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.sweep.SweepFolder;
import io.evenkeel.trial.sweep.SweepPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All runs of a study, by topic, step size, value and method. */
final class StudyResults {

    private final StudyPlan plan;
    private final Map<Topic, SweepPlan> sweeps;
    private final Map<Topic, List<SweepPlan.Cell>> cells = new EnumMap<>(Topic.class);
    private final Map<Topic, List<List<ArmRun>>> runs = new EnumMap<>(Topic.class);

    private StudyResults(StudyPlan plan) {
        this.plan = plan;
        this.sweeps = plan.sweeps();
    }

    static StudyResults read(StudyFolder folder) throws IOException {
        StudyResults results = new StudyResults(folder.plan());
        for (Map.Entry<Topic, SweepPlan> sweep : results.sweeps.entrySet()) {
            SweepFolder of = folder.sweep(sweep.getKey(), sweep.getValue());
            List<SweepPlan.Cell> listed = sweep.getValue().cells();
            results.cells.put(sweep.getKey(), listed);
            results.runs.put(sweep.getKey(), of.runs(listed));
        }
        return results;
    }

    Map<Topic, SweepPlan> sweeps() {
        return sweeps;
    }

    /** Returns the experiment of the first cell, for settings that all cells share. */
    Experiment experiment() {
        return cells.values().iterator().next().get(0).experiment();
    }

    List<ArmSettings> arms() {
        return plan.experiment().complete().arms();
    }

    List<String> normalized() {
        return arms().stream()
                .filter(arm -> !StudyPlan.isPlain(arm))
                .map(ArmSettings::name)
                .toList();
    }

    /** Returns a method at each step size of a topic, at one value of the other axis. */
    List<Side> steps(Topic topic, String arm, int value) {
        List<Side> sides = new ArrayList<>();
        List<SweepPlan.Cell> listed = cells.getOrDefault(topic, List.of());
        for (int c = 0; c < listed.size(); c++) {
            if (listed.get(c).second() == value) {
                List<ArmRun> mine = runs.getOrDefault(topic, List.of()).get(c).stream()
                        .filter(run -> run.arm().equals(arm))
                        .toList();
                List<String> grid = axis(topic, 0);
                int step = listed.get(c).first();
                sides.add(new Side(arm, grid.get(step), step == 0 || step == grid.size() - 1, mine));
            }
        }
        return sides;
    }

    String axisName(Topic topic) {
        SweepPlan sweep = sweeps.get(topic);
        return sweep == null ? topic.folder() : sweep.axes().get(1).name();
    }

    /** Returns the values of a topic's step sizes (0) or of its other axis (1). */
    List<String> axis(Topic topic, int axis) {
        SweepPlan sweep = sweeps.get(topic);
        return sweep == null ? List.of() : sweep.axes().get(axis).values();
    }

    /** Returns a topic's values, the hardest first, with each method at its best step. */
    List<Place> places(Topic topic) {
        List<Place> places = new ArrayList<>();
        for (int value = 0; value < axis(topic, 1).size(); value++) {
            List<Side> plain = new ArrayList<>();
            List<Side> normalized = new ArrayList<>();
            for (ArmSettings arm : arms()) {
                Side best = steps(topic, arm.name(), value).stream()
                        .min(Comparator.comparingDouble(Side::medianLoss))
                        .orElseThrow();
                (StudyPlan.isPlain(arm) ? plain : normalized).add(best);
            }
            places.add(new Place(axis(topic, 1).get(value), plain, normalized));
        }
        return places;
    }
}
