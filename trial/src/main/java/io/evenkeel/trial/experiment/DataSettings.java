package io.evenkeel.trial.experiment;

import static io.evenkeel.trial.experiment.ExperimentDraft.or;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The source of the samples.
 *
 * @param source libsvm, csv, idx, cifar10, images, digits, logistic, quadratic or polynomial; python for a trial of
 *     evenkeel.trial, and coordinator for runs of real devices, both of which can be read and reported but not run
 * @param file the data, for the first four; for cifar10 a folder with its files, including the
 *     held-out ones; for python and coordinator a description of the learning task
 * @param labelsFile the labels' file, for idx
 * @param labelColumn the label's column, for csv; by default the last
 * @param splitColumn the column that identifies a sample's client, for csv
 * @param features the number of features, for libsvm; 0 for the largest index that occurs
 * @param testFile held-out samples in the same format
 * @param testLabelsFile their labels' file, for idx
 * @param testShare share of the samples to hold out before they are divided over clients, in [0, 1); new trials hold
 *     out a share of each client's instead
 * @param intercept whether to add a constant feature of ones
 * @param labelNoise share of the training labels to flip, in [0, 1)
 * @param dimension d, for logistic, quadratic and polynomial
 * @param samplesPerClient the number of samples per client, for logistic
 * @param heterogeneity how much clients differ, for logistic and quadratic; at least 0
 * @param condition the ratio of the largest to the smallest curvature, for quadratic
 * @param l1 L1, for polynomial, whose L0 is 4
 * @param preparation the preparation of the samples before training
 */
public record DataSettings(
        String source,
        @Nullable String file,
        @Nullable String labelsFile,
        @Nullable String labelColumn,
        @Nullable String splitColumn,
        int features,
        @Nullable String testFile,
        @Nullable String testLabelsFile,
        double testShare,
        boolean intercept,
        double labelNoise,
        int dimension,
        int samplesPerClient,
        double heterogeneity,
        double condition,
        double l1,
        PreparationSettings preparation) {

    /** The source and the kind of loss of Python trials with evenkeel.trial. */
    static final String PYTHON = "python";

    /** The source and the kind of loss of runs that real devices trained with a coordinator. */
    public static final String COORDINATOR = "coordinator";

    public static final List<String> SOURCES = List.of(
            "libsvm",
            "csv",
            "idx",
            "cifar10",
            "images",
            "digits",
            "logistic",
            "quadratic",
            "polynomial",
            PYTHON,
            COORDINATOR);

    private static final List<String> FILES = List.of("libsvm", "csv", "idx", "cifar10", "images", PYTHON, COORDINATOR);
    static final List<String> TABLES = List.of("libsvm", "csv");
    private static final List<String> FORMULAS = List.of("quadratic", "polynomial");

    public DataSettings {
        Check.oneOf("data.source", source, SOURCES);
        Check.that(
                (file != null) == FILES.contains(source),
                "data.file is " + (file == null ? "missing" : "given") + ", but source " + source
                        + (file == null ? " needs one" : " takes none"));
        Check.that((labelsFile != null) == "idx".equals(source), "data.labels-file requires source idx");
        Check.that(
                splitColumn == null || "csv".equals(source),
                "data.split-column requires source csv: other formats have no such column");
        Check.that(
                labelColumn == null || "csv".equals(source),
                "data.label-column requires source csv: in other formats the label's position is fixed");
        Check.range("data.test-share", testShare, 0, 1);
        Check.range("data.label-noise", labelNoise, 0, 1);
        Check.that(
                testFile == null || testShare == 0, "data.test-file and data.test-share are both set: leave one out");
        Check.that(
                testShare == 0 || preparation.heldOut() == 0,
                "data.test-share and data.preparation.held-out are both set: set only held-out");
        Check.that(
                !"cifar10".equals(source) || (testFile == null && testShare == 0),
                "data.source cifar10 has its own held-out images: leave out data.test-file and data.test-share");
        Check.that(
                !"images".equals(source) || testFile == null,
                "data.source images has its test set in the folder test beside train: leave out data.test-file");
        Check.atLeast("data.heterogeneity", heterogeneity, 0);
        boolean formula = FORMULAS.contains(source);
        Check.that(
                !formula || (testFile == null && testShare == 0 && labelNoise == 0 && !intercept),
                "data.source " + source + " has no samples: leave out test data, label noise and intercept");
        Check.that(
                !formula || (preparation.heldOut() == 0 && !preparation.standardize()),
                "data.source " + source + " has no samples to hold out or standardize: leave out data.preparation");
        Check.that(
                dimension >= 0 && samplesPerClient >= 0 && features >= 0,
                "data.dimension, samples-per-client and features are at least 0");
    }

    /** Returns whether the source defines the loss itself, without samples. */
    public boolean isFormula() {
        return FORMULAS.contains(source);
    }

    /** Returns whether the data and the losses are available only to evenkeel.trial in Python. */
    public boolean isPython() {
        return PYTHON.equals(source);
    }

    /** Returns whether the data is on real devices, so that only the records of their runs are known. */
    public boolean isCoordinator() {
        return COORDINATOR.equals(source);
    }

    /** Returns whether features are columns of a table, each with its own scale, rather than pixels. */
    public boolean isTable() {
        return TABLES.contains(source);
    }

    /** Returns whether the data depends on the seed. */
    public boolean isRandom() {
        return "logistic".equals(source) || "quadratic".equals(source);
    }

    /** The {@link DataSettings} given by a user; defaults replace null. */
    public record Draft(
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
            PreparationSettings.@Nullable Draft preparation) {

        /** No settings. */
        public static final Draft EMPTY = new Draft(
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null);

        /** Returns the source; if none is named, guesses it from the file. */
        String sourceOrGuess() {
            return or(source, file == null ? "digits" : SourceNames.guess(file));
        }

        Draft with(@Nullable Boolean ones, @Nullable String label, PreparationSettings.Draft other) {
            return new Draft(
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
                    or(preparation, PreparationSettings.Draft.EMPTY).complete());
        }
    }

    /** Guesses the content of files from their names. */
    private static final class SourceNames {

        private SourceNames() {}

        static String guess(String file) {
            String name = file.toLowerCase(Locale.ROOT).replaceFirst("\\.gz$", "");
            if (Files.isRegularFile(Path.of(file, "data_batch_1.bin"))) {
                return "cifar10";
            }
            if (Files.isDirectory(Path.of(file)) || name.matches(".*\\.(zip|tar|tgz|tar\\.xz|txz)$")) {
                return "images";
            }
            return name.matches(".*\\.(csv|tsv)$")
                    ? "csv"
                    : name.matches(".*(idx\\d-ubyte|\\.idx)$") ? "idx" : "libsvm";
        }

        /** The file of labels beside the images, by MNIST's naming convention. */
        static String labelsOf(String images) {
            String labels = images.replace("images", "labels").replace("idx3", "idx1");
            Check.that(
                    !labels.equals(images),
                    "data.labels-file is missing and does not follow from the name " + images + ": give it");
            return labels;
        }
    }
}
