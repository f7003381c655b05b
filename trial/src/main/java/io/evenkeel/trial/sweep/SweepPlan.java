package io.evenkeel.trial.sweep;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The plan of a sweep, as in sweep.yaml.
 *
 * @param experiment the common settings of all cells
 * @param axes one or two axes
 */
public record SweepPlan(ExperimentDraft experiment, List<SweepAxis> axes) {

    private static final List<Long> SEEDS = List.of(1L, 2L, 3L);

    public SweepPlan {
        axes = List.copyOf(axes);
        if (axes.isEmpty() || axes.size() > 2) {
            throw new IllegalArgumentException(
                    axes.size()
                            + " axes: a sweep has one or two, such as --axis step=0.25,1,4,16,64 --axis compressor=top-k:1,identity");
        }
        if (axes.size() == 2 && axes.get(0).name().equals(axes.get(1).name())) {
            throw new IllegalArgumentException("both axes are '" + axes.get(0).name() + "': take another one");
        }
    }

    /**
     * A trial of the grid.
     *
     * @param first the index of the first axis's value
     * @param second the index of the second axis's value, 0 if there is none
     * @param name its folder's name
     * @param experiment its experiment
     */
    public record Cell(int first, int second, String name, Experiment experiment) {}

    /** Returns the number of values of the second axis, 1 if there is none. */
    int seconds() {
        return axes.size() == 1 ? 1 : axes.get(1).values().size();
    }

    /**
     * Returns all trials, row by row. If any of them is random and no seeds are given, all run with seeds 1 to 3.
     *
     * @throws IllegalArgumentException if one of them is impossible; the message names the value
     */
    public List<Cell> cells() {
        ExperimentDraft named = named();
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < axes.get(0).values().size(); i++) {
            ExperimentDraft row = axes.get(0).set(named, axes.get(0).values().get(i));
            for (int j = 0; j < seconds(); j++) {
                ExperimentDraft draft = axes.size() == 1
                        ? row
                        : axes.get(1).set(row, axes.get(1).values().get(j));
                cells.add(new Cell(i, j, name(cells.size(), i, j), draft.complete()));
            }
        }
        boolean random = experiment.seeds() == null
                && cells.stream().anyMatch(c -> c.experiment().isRandom());
        return random ? cells.stream().map(SweepPlan::seeded).toList() : List.copyOf(cells);
    }

    /** Uses the default arms. */
    private ExperimentDraft named() {
        List<ArmSettings> arms = experiment.arms();
        return experiment.withArms(
                arms == null || arms.isEmpty()
                        ? experiment.untunedArms()
                        : experiment.complete().arms());
    }

    private static Cell seeded(Cell cell) {
        return new Cell(
                cell.first(), cell.second(), cell.name(), cell.experiment().withSeeds(SEEDS));
    }

    private String name(int number, int i, int j) {
        String name = axes.get(0).name() + "-" + axes.get(0).values().get(i)
                + (axes.size() == 1
                        ? ""
                        : "_" + axes.get(1).name() + "-" + axes.get(1).values().get(j));
        return String.format(Locale.ROOT, "%03d_%s", number, name.replaceAll("[^A-Za-z0-9._-]", "-"));
    }
}
