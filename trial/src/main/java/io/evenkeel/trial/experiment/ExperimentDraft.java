package io.evenkeel.trial.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings given in a file or on a command line; {@link #complete} adds the defaults. Fields have the same names as
 * in {@link Experiment}.
 */
public record ExperimentDraft(
        DataSettings.@Nullable Draft data,
        LossSettings.@Nullable Draft loss,
        FleetSettings.@Nullable Draft fleet,
        GradientSettings.@Nullable Draft gradient,
        StartSettings.@Nullable Draft start,
        @Nullable Integer rounds,
        @Nullable List<Long> seeds,
        @Nullable Integer recordEvery,
        @Nullable List<String> targets,
        @Nullable String baseline,
        @Nullable List<ArmSettings> arms,
        ThresholdSettings.@Nullable Draft thresholds) {

    private static final int ROUNDS = 1000;
    private static final int QUICK_ROUNDS = 200;
    private static final int POINTS = 500;
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);
    private static final List<Long> FEW_SEEDS = List.of(1L, 2L, 3L);

    /**
     * Returns a copy with the default preparation that commands use: a fifth of each client's samples is held
     * out if there is no test set, the features of tables are standardized, and a feature of ones is added
     * for losses without biases.
     */
    public ExperimentDraft prepared() {
        DataSettings.Draft from = or(data, DataSettings.Draft.EMPTY);
        String source = from.sourceOrGuess();
        boolean table = DataSettings.TABLES.contains(source);
        boolean tested = from.testFile() != null
                || from.testShare() != null
                || List.of(
                                "digits",
                                "cifar10",
                                "quadratic",
                                "polynomial",
                                DataSettings.PYTHON,
                                DataSettings.COORDINATOR)
                        .contains(source);
        PreparationSettings.Draft given = or(from.preparation(), PreparationSettings.Draft.EMPTY);
        PreparationSettings.Draft usual = new PreparationSettings.Draft(
                or(given.heldOut(), tested ? 0.0 : PreparationSettings.USUAL_SHARE),
                or(given.standardize(), table),
                given.columns());
        boolean biased = loss != null && loss.kind() != null && LossSettings.hasBiases(loss.kind());
        boolean ones = or(from.intercept(), table && !biased);
        return withData(from.with(ones, from.labelColumn(), usual), loss);
    }

    /** Returns the completed settings of the data. */
    public DataSettings dataSettings() {
        return or(data, DataSettings.Draft.EMPTY).complete();
    }

    /**
     * Returns a copy with the columns found by the inspection of a table.
     *
     * @param label the label's column
     * @param roles the roles of the other columns
     * @param suitableLoss the kind of loss to use if none is given
     */
    public ExperimentDraft withTable(String label, Map<String, String> roles, String suitableLoss) {
        DataSettings.Draft from = or(data, DataSettings.Draft.EMPTY);
        PreparationSettings.Draft given = or(from.preparation(), PreparationSettings.Draft.EMPTY);
        PreparationSettings.Draft inspected =
                new PreparationSettings.Draft(given.heldOut(), given.standardize(), roles);
        LossSettings.Draft named = or(loss, LossSettings.Draft.EMPTY);
        return withData(
                from.with(from.intercept(), label, inspected),
                new LossSettings.Draft(
                        or(named.kind(), suitableLoss),
                        named.regularizer(),
                        named.lambda(),
                        named.hidden(),
                        named.metric()));
    }

    private ExperimentDraft withData(DataSettings.Draft other, LossSettings.@Nullable Draft of) {
        return new ExperimentDraft(
                other, of, fleet, gradient, start, rounds, seeds, recordEvery, targets, baseline, arms, thresholds);
    }

    public ExperimentDraft withArms(List<ArmSettings> others) {
        return new ExperimentDraft(
                data, loss, fleet, gradient, start, rounds, seeds, recordEvery, targets, baseline, others, thresholds);
    }

    /**
     * Returns a copy with uncompressed training as the first arm if arms are given and none of them is uncompressed.
     */
    public ExperimentDraft withUncompressed() {
        if (arms == null || arms.stream().anyMatch(arm -> arm.preset().uncompressed())) {
            return this;
        }
        List<ArmSettings> all = new ArrayList<>(arms);
        all.add(0, DefaultArms.uncompressed());
        return withArms(all);
    }

    /**
     * Returns a copy with three seeds if none are given and only the held-out samples are random, as one seed gives no
     * verdict.
     */
    public ExperimentDraft withSeedsForVerdict() {
        if (seeds != null) {
            return this;
        }
        Experiment once = complete();
        return once.isRandom() || !once.fleetIsRandom() ? this : withSeeds(FEW_SEEDS);
    }

    private ExperimentDraft withSeeds(List<Long> others) {
        return new ExperimentDraft(
                data, loss, fleet, gradient, start, rounds, others, recordEvery, targets, baseline, arms, thresholds);
    }

    /**
     * Returns a quick version: 200 rounds, at most three seeds and searches over 4 step sizes, unless set explicitly.
     */
    public ExperimentDraft quick() {
        Experiment once = complete();
        List<Long> few = once.isRandom() || once.fleetIsRandom() ? FEW_SEEDS : List.of(1L);
        return new ExperimentDraft(
                data,
                loss,
                fleet,
                gradient,
                start,
                or(rounds, QUICK_ROUNDS),
                or(seeds, few),
                recordEvery,
                targets,
                baseline,
                or(arms, defaultArms()).stream().map(ArmSettings::quick).toList(),
                thresholds);
    }

    /** Returns only the settings by which runs are judged: metric, targets and baseline. */
    public ExperimentDraft onlyJudgement() {
        LossSettings.Draft metric = loss == null ? null : loss.onlyMetric();
        return new ExperimentDraft(null, metric, null, null, null, null, null, null, targets, baseline, null, null);
    }

    /**
     * Adds the defaults.
     *
     * @throws IllegalArgumentException if a setting is impossible
     */
    public Experiment complete() {
        DataSettings from = or(data, DataSettings.Draft.EMPTY).complete();
        LossSettings of = or(loss, LossSettings.Draft.EMPTY).complete(from);
        FleetSettings who = or(fleet, FleetSettings.Draft.EMPTY).complete(from);
        GradientSettings what = completeGradient();
        StartSettings where = or(start, new StartSettings.Draft(null, null)).complete(from, of);
        boolean rough = LossSettings.isRough(of.kind());
        List<ArmSettings> methods = (arms == null || arms.isEmpty() ? DefaultArms.of(rough, what.isNoisy()) : arms)
                .stream().map(arm -> arm.withGrid(rough)).toList();
        int length = or(rounds, ROUNDS);
        boolean costly = what.isNoisy() || who.participation() < 1;
        Experiment once = new Experiment(
                from,
                of,
                who,
                what,
                where,
                length,
                or(seeds, List.of(1L)),
                or(recordEvery, costly ? Math.max(1, length / POINTS) : 1),
                or(targets, List.of()),
                or(baseline, yardstick(methods)),
                methods,
                or(thresholds, new ThresholdSettings.Draft(null, null, null, null))
                        .complete());
        return seeds == null && once.isRandom() ? once.withSeeds(SEEDS) : once;
    }

    private GradientSettings completeGradient() {
        return or(gradient, new GradientSettings.Draft(null, null, null)).complete();
    }

    /** Returns the first uncompressed arm, or else the first arm. */
    private static String yardstick(List<ArmSettings> methods) {
        return methods.stream()
                .filter(arm -> arm.preset().uncompressed())
                .findFirst()
                .orElse(methods.get(0))
                .name();
    }

    /** Returns the default arms of a comparison. */
    public List<ArmSettings> defaultArms() {
        DataSettings from = or(data, DataSettings.Draft.EMPTY).complete();
        LossSettings of = or(loss, LossSettings.Draft.EMPTY).complete(from);
        return DefaultArms.of(
                LossSettings.isRough(of.kind()), completeGradient().isNoisy());
    }

    /** Returns the default arms of a sweep or a probe, which vary the step size themselves. */
    public List<ArmSettings> untunedArms() {
        DataSettings from = or(data, DataSettings.Draft.EMPTY).complete();
        LossSettings of = or(loss, LossSettings.Draft.EMPTY).complete(from);
        return DefaultArms.untuned(LossSettings.isRough(of.kind()));
    }

    /** Returns a value, or a default if it is null. */
    static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? Objects.requireNonNull(otherwise) : value;
    }

    /** The default arms of a trial. */
    private static final class DefaultArms {

        private DefaultArms() {}

        /** Returns uncompressed training with the best step size of a grid, the yardstick for all others. */
        static ArmSettings uncompressed() {
            return ArmSettings.parse("gd,gamma=tuned,name=gd");
        }

        /**
         * Returns the arms of a comparison.
         *
         * @param rough whether the loss has no smoothness constant to derive a step
         *     size from
         * @param noisy whether clients compute minibatch gradients or take local steps
         */
        static List<ArmSettings> of(boolean rough, boolean noisy) {
            List<ArmSettings> arms = new ArrayList<>(List.of(uncompressed(), ArmSettings.parse("gd-norm")));
            if (!rough) {
                arms.add(ArmSettings.parse("ef21"));
            }
            if (noisy) {
                arms.add(ArmSettings.parse("ef14,gamma=tuned,name=ef14-tuned"));
            }
            arms.add(ArmSettings.parse("ef21,gamma=tuned,name=ef21-tuned"));
            arms.add(ArmSettings.parse("ef21-norm"));
            arms.add(ArmSettings.parse("ef21-adaptive"));
            return List.copyOf(arms);
        }

        /** Returns the arms of commands that vary the step size themselves. */
        static List<ArmSettings> untuned(boolean rough) {
            return List.of(
                    ArmSettings.parse(rough ? "ef21,gamma=0.1,name=ef21" : "ef21"),
                    ArmSettings.parse("ef21-norm"),
                    ArmSettings.parse("ef21,step=accumulated-norm,name=accumulated-norm"));
        }
    }
}
