package io.evenkeel.trial.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a file or a command line says of an experiment; the rest is filled in. Fields are those of the records they complete to. */
public record ExperimentDraft(
        @Nullable Data data,
        @Nullable Loss loss,
        @Nullable Fleet fleet,
        @Nullable Gradient gradient,
        @Nullable Start start,
        @Nullable Integer rounds,
        @Nullable List<Long> seeds,
        @Nullable Integer recordEvery,
        @Nullable List<String> targets,
        @Nullable String baseline,
        @Nullable List<ArmSettings> arms,
        @Nullable Thresholds thresholds) {

    private static final int ROUNDS = 1000;
    private static final int QUICK_ROUNDS = 200;
    private static final int POINTS = 500;
    private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L);

    /** As {@link DataSettings}. */
    public record Data(
            @Nullable String source,
            @Nullable String file,
            @Nullable String labelsFile,
            @Nullable String labelColumn,
            @Nullable String splitColumn,
            @Nullable Integer features,
            @Nullable String testFile,
            @Nullable String testLabelsFile,
            @Nullable Double testShare,
            @Nullable Boolean intercept,
            @Nullable Double labelNoise,
            @Nullable Integer dimension,
            @Nullable Integer samplesPerClient,
            @Nullable Double heterogeneity,
            @Nullable Double condition,
            @Nullable Double l1,
            @Nullable Preparation preparation) {

        /** Says nothing. */
        public static final Data EMPTY = new Data(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

        /** Returns the source, guessed from the file where none is named. */
        String sourceOrGuess() {
            return or(source, file == null ? "digits" : SourceNames.guess(file));
        }

        Data with(@Nullable Boolean ones, @Nullable String label, Preparation other) {
            return new Data(
                    source,
                    file,
                    labelsFile,
                    label,
                    splitColumn,
                    features,
                    testFile,
                    testLabelsFile,
                    testShare,
                    ones,
                    labelNoise,
                    dimension,
                    samplesPerClient,
                    heterogeneity,
                    condition,
                    l1,
                    other);
        }

        DataSettings complete() {
            String from = sourceOrGuess();
            String labels =
                    labelsFile == null && file != null && "idx".equals(from) ? SourceNames.labelsOf(file) : labelsFile;
            String testLabels = testLabelsFile == null && testFile != null && "idx".equals(from)
                    ? SourceNames.labelsOf(testFile)
                    : testLabelsFile;
            return new DataSettings(
                    from,
                    file,
                    labels,
                    labelColumn,
                    splitColumn,
                    or(features, 0),
                    testFile,
                    testLabels,
                    or(testShare, 0.0),
                    or(intercept, false),
                    or(labelNoise, 0.0),
                    or(dimension, "polynomial".equals(from) ? 4 : 100),
                    or(samplesPerClient, 50),
                    or(heterogeneity, 1.0),
                    or(condition, 100.0),
                    or(l1, 1.0),
                    or(preparation, Preparation.EMPTY).complete());
        }
    }

    /** As {@link PreparationSettings}; what a file leaves out is not done, as files written before there was any say nothing of it. */
    public record Preparation(
            @Nullable Double heldOut,
            @Nullable Boolean standardize,
            @Nullable Map<String, String> columns) {

        /** Says nothing. */
        public static final Preparation EMPTY = new Preparation(null, null, null);

        PreparationSettings complete() {
            return new PreparationSettings(or(heldOut, 0.0), or(standardize, false), columns);
        }
    }

    /** As {@link LossSettings}. */
    public record Loss(
            @Nullable String kind,
            @Nullable String regularizer,
            @Nullable Double lambda,
            @Nullable Integer hidden) {

        LossSettings complete(DataSettings data) {
            String kindOrDefault = or(
                    kind,
                    data.isFormula()
                            ? "formula"
                            : List.of("digits", "idx", "cifar10", "images").contains(data.source())
                                    ? "softmax"
                                    : "logistic");
            String of = or(regularizer, lambda == null || lambda == 0 ? "none" : "l2");
            return new LossSettings(kindOrDefault, of, or(lambda, "none".equals(of) ? 0.0 : 0.1), or(hidden, 32));
        }
    }

    /** As {@link FleetSettings}. */
    public record Fleet(
            @Nullable Integer clients,
            @Nullable String split,
            @Nullable Double dirichletAlpha,
            @Nullable String weights,
            @Nullable Double participation,
            @Nullable String over) {

        /** Says nothing. */
        public static final Fleet EMPTY = new Fleet(null, null, null, null, null, null);

        FleetSettings complete(DataSettings data) {
            return new FleetSettings(
                    or(clients, "polynomial".equals(data.source()) ? 1 : 20),
                    or(split, data.splitColumn() == null ? "contiguous" : "column"),
                    or(dirichletAlpha, 0.5),
                    or(weights, "equal"),
                    or(participation, 1.0),
                    or(over, "process"));
        }
    }

    /** As {@link GradientSettings}. */
    public record Gradient(
            @Nullable Integer batch,
            @Nullable Integer localSteps,
            @Nullable Double localStepSize) {

        GradientSettings complete() {
            return new GradientSettings(or(batch, 0), or(localSteps, 1), or(localStepSize, 0.1));
        }
    }

    /** As {@link StartSettings}. */
    public record Start(@Nullable String x, @Nullable String g) {

        StartSettings complete(DataSettings data, LossSettings of) {
            boolean suggests = "polynomial".equals(data.source()) || LossSettings.isRough(of.kind());
            return new StartSettings(or(x, suggests ? "suggested" : "zeros"), or(g, "zeros"));
        }
    }

    /**
     * Returns the same, prepared as a command prepares data unless it is told otherwise: a fifth of each client's samples held out
     * where there is no test set; the features of tables standardized, and a feature of ones added for the losses without biases.
     */
    public ExperimentDraft prepared() {
        Data from = or(data, Data.EMPTY);
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
        Preparation given = or(from.preparation(), Preparation.EMPTY);
        Preparation usual = new Preparation(
                or(given.heldOut(), tested ? 0.0 : PreparationSettings.USUAL_SHARE),
                or(given.standardize(), table),
                given.columns());
        boolean biased = loss != null && loss.kind() != null && LossSettings.hasBiases(loss.kind());
        boolean ones = or(from.intercept(), table && !biased);
        return withData(from.with(ones, from.labelColumn(), usual), loss);
    }

    /** Returns the settings of the data, as they are when completed. */
    public DataSettings dataSettings() {
        return or(data, Data.EMPTY).complete();
    }

    /**
     * Returns the same with what a table says itself.
     *
     * @param label the label's column
     * @param roles what becomes of each of the others
     * @param suitableLoss the kind of loss, if none is named
     */
    public ExperimentDraft withTable(String label, Map<String, String> roles, String suitableLoss) {
        Data from = or(data, Data.EMPTY);
        Preparation given = or(from.preparation(), Preparation.EMPTY);
        Preparation inspected = new Preparation(given.heldOut(), given.standardize(), roles);
        Loss named = or(loss, new Loss(null, null, null, null));
        return withData(
                from.with(from.intercept(), label, inspected),
                new Loss(or(named.kind(), suitableLoss), named.regularizer(), named.lambda(), named.hidden()));
    }

    private ExperimentDraft withData(Data other, @Nullable Loss of) {
        return new ExperimentDraft(
                other, of, fleet, gradient, start, rounds, seeds, recordEvery, targets, baseline, arms, thresholds);
    }

    /** As {@link ThresholdSettings}. */
    public record Thresholds(
            @Nullable Double accuracyPoints,
            @Nullable Double lossPercent,
            @Nullable Double roundsPercent,
            @Nullable Double bytesPercent) {

        ThresholdSettings complete() {
            ThresholdSettings usual = ThresholdSettings.USUAL;
            return new ThresholdSettings(
                    or(accuracyPoints, usual.accuracyPoints()),
                    or(lossPercent, usual.lossPercent()),
                    or(roundsPercent, usual.roundsPercent()),
                    or(bytesPercent, usual.bytesPercent()));
        }
    }

    /** Returns the same with other arms. */
    public ExperimentDraft withArms(List<ArmSettings> others) {
        return new ExperimentDraft(
                data, loss, fleet, gradient, start, rounds, seeds, recordEvery, targets, baseline, others, thresholds);
    }

    /** Returns the same with uncompressed training as the first arm, where arms are named and none of them is uncompressed. */
    public ExperimentDraft withUncompressed() {
        if (arms == null || arms.stream().anyMatch(arm -> arm.preset().uncompressed())) {
            return this;
        }
        List<ArmSettings> all = new ArrayList<>(arms);
        all.add(0, DefaultArms.uncompressed());
        return withArms(all);
    }

    /** Returns the same as a first look: 200 rounds, one seed, searches over 4 step sizes, unless it says otherwise. */
    public ExperimentDraft quick() {
        return new ExperimentDraft(
                data,
                loss,
                fleet,
                gradient,
                start,
                or(rounds, QUICK_ROUNDS),
                or(seeds, List.of(1L)),
                recordEvery,
                targets,
                baseline,
                or(arms, defaultArms()).stream().map(ArmSettings::quick).toList(),
                thresholds);
    }

    /** Returns what it says of how runs are judged, and nothing of what is run: targets and baseline. */
    public ExperimentDraft onlyJudgement() {
        return new ExperimentDraft(null, null, null, null, null, null, null, null, targets, baseline, null, null);
    }

    /**
     * Fills in the rest.
     *
     * @throws IllegalArgumentException if it says something impossible
     */
    public Experiment complete() {
        DataSettings from = or(data, Data.EMPTY).complete();
        LossSettings of = or(loss, new Loss(null, null, null, null)).complete(from);
        FleetSettings who = or(fleet, Fleet.EMPTY).complete(from);
        GradientSettings what = or(gradient, new Gradient(null, null, null)).complete();
        StartSettings where = or(start, new Start(null, null)).complete(from, of);
        boolean rough = LossSettings.isRough(of.kind());
        List<ArmSettings> methods = (arms == null || arms.isEmpty() ? DefaultArms.of(rough, who.over()) : arms)
                .stream().map(arm -> arm.withGrid(rough)).toList();
        int length = or(rounds, ROUNDS);
        boolean costly = what.batch() > 0 || what.localSteps() > 1 || who.participation() < 1;
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
                or(thresholds, new Thresholds(null, null, null, null)).complete());
        return seeds == null && once.isRandom() ? once.withSeeds(SEEDS) : once;
    }

    /** The first uncompressed arm, or else the first. */
    private static String yardstick(List<ArmSettings> methods) {
        return methods.stream()
                .filter(arm -> arm.preset().uncompressed())
                .findFirst()
                .orElse(methods.get(0))
                .name();
    }

    /** Returns the arms of a comparison that names none. */
    public List<ArmSettings> defaultArms() {
        DataSettings from = or(data, Data.EMPTY).complete();
        LossSettings of = or(loss, new Loss(null, null, null, null)).complete(from);
        return DefaultArms.of(
                LossSettings.isRough(of.kind()),
                or(fleet, Fleet.EMPTY).complete(from).over());
    }

    /** Returns the arms of a sweep or a probe that names none: they vary the step size themselves. */
    public List<ArmSettings> untunedArms() {
        DataSettings from = or(data, Data.EMPTY).complete();
        LossSettings of = or(loss, new Loss(null, null, null, null)).complete(from);
        return DefaultArms.untuned(LossSettings.isRough(of.kind()));
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? Objects.requireNonNull(otherwise) : value;
    }
}
