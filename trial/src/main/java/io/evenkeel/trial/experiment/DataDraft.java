package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import org.jspecify.annotations.Nullable;

/** The {@link DataSettings} that a user gave; defaults replace what is null. */
public record DataDraft(
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
        @Nullable PreparationDraft preparation) {

    /** Nothing given. */
    public static final DataDraft EMPTY = new DataDraft(
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

    /** Returns the source; if none is named, guesses it from the file. */
    String sourceOrGuess() {
        return or(source, file == null ? "digits" : SourceNames.guess(file));
    }

    DataDraft with(@Nullable Boolean ones, @Nullable String label, PreparationDraft other) {
        return new DataDraft(
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
                or(preparation, PreparationDraft.EMPTY).complete());
    }
}
