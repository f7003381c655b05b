package io.evenkeel.trial.experiment;

import java.util.List;
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
        @Nullable List<ArmSettings> arms) {

    private static final int ROUNDS = 1000;
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
            @Nullable Double l1) {

        /** Says nothing. */
        public static final Data EMPTY = new Data(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

        DataSettings complete() {
            String from = or(source, file == null ? "digits" : SourceNames.guess(file));
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
                    or(l1, 1.0));
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
                            : List.of("digits", "idx", "cifar10").contains(data.source()) ? "softmax" : "logistic");
            boolean bare = data.isFormula() || kindOrDefault.startsWith("resnet");
            String of = or(regularizer, bare ? "none" : "nonconvex");
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

    /** Returns the same with other arms. */
    public ExperimentDraft withArms(List<ArmSettings> others) {
        return new ExperimentDraft(
                data, loss, fleet, gradient, start, rounds, seeds, recordEvery, targets, baseline, others);
    }

    /** Returns what it says of how runs are judged, and nothing of what is run: targets and baseline. */
    public ExperimentDraft onlyJudgement() {
        return new ExperimentDraft(null, null, null, null, null, null, null, null, targets, baseline, null);
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
        List<ArmSettings> methods =
                arms == null || arms.isEmpty() ? defaultArms(LossSettings.isRough(of.kind())) : arms;
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
                or(baseline, methods.get(0).name()),
                methods);
        return seeds == null && once.isRandom() ? once.withSeeds(SEEDS) : once;
    }

    /**
     * Returns the arms of a trial that names none.
     *
     * @param rough whether the loss has no smoothness constant a step size could follow from
     */
    public static List<ArmSettings> defaultArms(boolean rough) {
        return List.of(
                ArmSettings.parse(rough ? "ef21,gamma=0.1,name=ef21" : "ef21"),
                ArmSettings.parse("ef21-norm"),
                ArmSettings.parse("ef21,step=accumulated-norm,name=accumulated-norm"));
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? Objects.requireNonNull(otherwise) : value;
    }
}
