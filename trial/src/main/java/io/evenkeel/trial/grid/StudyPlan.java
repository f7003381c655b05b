package io.evenkeel.trial.grid;

import io.evenkeel.core.step.PlainStep;
import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.experiment.LossSettings;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The plan of a study, as in study.yaml.
 *
 * @param experiment the common settings of all sweeps
 * @param quick whether to use coarse grids, fewer rounds, and one seed
 */
public record StudyPlan(ExperimentDraft experiment, boolean quick) implements GridPlan {

    private static final int ROUNDS = 200;
    private static final int QUICK_ROUNDS = 100;

    /**
     * Multiples of each method's default step size: with strong compression the theoretical one can be a thousand times
     * too small.
     */
    private static final List<String> STEPS = List.of("0.0625", "0.25", "1", "4", "16", "64", "256", "1024");

    private static final List<String> QUICK_STEPS = List.of("0.0625", "0.5", "4", "32", "256", "2048");

    /**
     * Adds the defaults of a study: 200 rounds, or 100 for a quick one, no regularizer, and EF21 plain, normalized and
     * with accumulated norm.
     *
     * @throws IllegalArgumentException unless there are both plain and normalized arms
     */
    public static StudyPlan of(ExperimentDraft given, boolean quick) {
        ExperimentDraft draft = given;
        if (draft.rounds() == null) {
            draft = ExperimentFile.with(draft, "rounds", Integer.toString(quick ? QUICK_ROUNDS : ROUNDS));
        }
        if (draft.seeds() == null && quick) {
            draft = ExperimentFile.with(draft, "seeds", "[1]");
        }
        if (draft.loss() == null || draft.loss().regularizer() == null) {
            draft = ExperimentFile.with(draft, "loss.regularizer", "none");
        }
        if (draft.loss() != null && draft.loss().metric() == null && hasClasses(draft.complete())) {
            // A study's answers are about accuracies.
            draft = ExperimentFile.with(draft, "loss.metric", "accuracy");
        }
        if (draft.arms() == null) {
            draft = draft.withArms(defaultArms(draft));
        }
        StudyPlan plan = new StudyPlan(draft, quick);
        plan.check();
        return plan;
    }

    /** Returns the default arms of a study: EF21 plain, normalized and with accumulated norm. */
    public static List<ArmSettings> defaultArms(ExperimentDraft draft) {
        boolean rough = LossSettings.isRough(draft.complete().loss().kind());
        return List.of(
                // Extends far above the theoretical step, which is close to the best one without compression, and far
                // below it with compression.
                ArmSettings.parse(rough ? "ef21,gamma=0.1,name=ef21" : "ef21,gamma=theory*16,name=ef21"),
                ArmSettings.parse("ef21-norm"),
                ArmSettings.parse("ef21,step=accumulated-norm,name=ef21-accumulated"));
    }

    private void check() {
        List<ArmSettings> arms = experiment.complete().arms();
        long plain = arms.stream().filter(StudyPlan::isPlain).count();
        if (plain == 0 || plain == arms.size()) {
            throw new IllegalArgumentException("a study compares plain and normalized methods, but all its arms are "
                    + (plain == 0 ? "normalized" : "plain") + ": give both, such as --arm ef21 --arm ef21-norm");
        }
    }

    private static boolean hasClasses(Experiment experiment) {
        return !experiment.data().isFormula() && !experiment.loss().isRegression();
    }

    static boolean isPlain(ArmSettings arm) {
        return arm.rule() instanceof PlainStep;
    }

    @Override
    public GridKind kind() {
        return GridKind.STUDY;
    }

    @Override
    public Map<String, SweepPlan> grids() {
        Map<String, SweepPlan> grids = new LinkedHashMap<>();
        sweeps().forEach((topic, sweep) -> grids.put(topic.folder(), sweep));
        return grids;
    }

    /** Returns the sweeps that make sense for the data, in the order of their execution. */
    Map<Topic, SweepPlan> sweeps() {
        Experiment complete = experiment.complete();
        Map<Topic, SweepPlan> sweeps = new EnumMap<>(Topic.class);
        sweeps.put(
                Topic.STEP,
                new SweepPlan(experiment, List.of(new SweepAxis(SweepAxis.STEP, quick ? QUICK_STEPS : STEPS))));
        sweeps.put(Topic.COMPRESSION, over("compressor", "top-k:0.01", "top-k:0.1", "identity"));
        if (hasClasses(complete)) {
            sweeps.put(Topic.LABEL_NOISE, over("label-noise", "0.3", "0.1", "0"));
        }
        if (List.of("logistic", "quadratic").contains(complete.data().source())) {
            sweeps.put(Topic.HETEROGENEITY, over("heterogeneity", "4", "1", "0"));
        } else if (hasClasses(complete) && complete.data().splitColumn() == null) {
            // With 0.1, two classes and 20 clients, half of the seeds would leave a client without samples.
            sweeps.put(Topic.HETEROGENEITY, over("dirichlet-alpha", "0.3", "1", "100"));
        }
        return sweeps;
    }

    /** Crosses an axis, whose first value is the hardest, with step sizes: methods are compared at their best. */
    private SweepPlan over(String axis, String hardest, String middle, String easiest) {
        List<String> values = quick ? List.of(hardest, easiest) : List.of(hardest, middle, easiest);
        return new SweepPlan(
                experiment,
                List.of(new SweepAxis(SweepAxis.STEP, quick ? QUICK_STEPS : STEPS), new SweepAxis(axis, values)));
    }
}
