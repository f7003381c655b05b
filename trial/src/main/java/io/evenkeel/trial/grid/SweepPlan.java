package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The plan of a sweep, as in sweep.yaml.
 *
 * @param experiment the common settings of all cells
 * @param axes one or two axes
 */
public record SweepPlan(ExperimentDraft experiment, List<SweepAxis> axes) implements GridPlan {

    private static final List<Long> SEEDS = List.of(1L, 2L, 3L);

    public SweepPlan {
        axes = List.copyOf(axes);
        if (axes.isEmpty() || axes.size() > 2) {
            throw new IllegalArgumentException(
                    axes.size()
                            + " axes: a sweep has one or two, such as --axis step=0.25,1,4,16,64 --axis compressor=top-k:1,identity");
        }
        if (axes.size() == 2 && axes.get(0).name().equals(axes.get(1).name())) {
            throw new IllegalArgumentException("both axes are '" + axes.get(0).name() + "': use another one");
        }
    }

    /**
     * A trial of the grid.
     *
     * @param first the index of the first axis's value
     * @param second the index of the second axis's value, 0 if there is none
     * @param name its folder's name
     * @param values the values by the names of the axes
     * @param experiment its experiment
     */
    record Cell(int first, int second, String name, Map<String, String> values, Experiment experiment) {}

    @Override
    public GridKind kind() {
        return GridKind.SWEEP;
    }

    @Override
    public Map<String, SweepPlan> grids() {
        return Map.of("", this);
    }

    /** Returns the number of values of the second axis, 1 if there is none. */
    int seconds() {
        return axes.size() == 1 ? 1 : axes.get(1).values().size();
    }

    /**
     * Returns all trials, row by row. If any of them is random and no seeds are given, all run with seeds 1 to 3.
     *
     * @throws IllegalArgumentException if one of them is impossible; the message names the value
     */
    List<Cell> cells() {
        ExperimentDraft named = named();
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < axes.get(0).values().size(); i++) {
            for (int j = 0; j < seconds(); j++) {
                Map<String, String> values = new LinkedHashMap<>();
                ExperimentDraft draft = named;
                for (SweepAxis axis : axes) {
                    String value = axis.values().get(values.isEmpty() ? i : j);
                    values.put(axis.name(), value);
                    draft = axis.set(draft, value);
                }
                cells.add(new Cell(i, j, name(cells.size(), values), values, draft.complete()));
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
                cell.first(),
                cell.second(),
                cell.name(),
                cell.values(),
                cell.experiment().withSeeds(SEEDS));
    }

    private static String name(int number, Map<String, String> values) {
        String name = values.entrySet().stream()
                .map(value -> value.getKey() + "-" + value.getValue())
                .collect(Collectors.joining("_"));
        return String.format(Locale.ROOT, "%03d_%s", number, name.replaceAll("[^A-Za-z0-9._-]", "-"));
    }
}
