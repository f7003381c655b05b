package io.evenkeel.cli.pilot;

import io.evenkeel.trial.experiment.DataSettings;
import io.evenkeel.trial.experiment.PreparationSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for the samples and their preparation. */
final class DataOptions {

    private static final List<String> WITHOUT_FILE = List.of("digits", "logistic", "quadratic", "polynomial");

    @Option(
            names = "--data",
            paramLabel = "FILE|NAME",
            description = {
                "A LIBSVM, CSV or IDX file, gzipped or not; a folder, zip or tar of images by class (CLASS/x.jpg, or train/CLASS/x.jpg and"
                        + " test/CLASS/x.jpg); a folder of CIFAR-10; or one of digits (shipped), logistic, quadratic, polynomial"
                        + " (generated). Default: digits."
            })
    private @Nullable String data;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "libsvm, csv, idx, images or cifar10. Default: by the file's name, else libsvm.")
    private @Nullable String format;

    @Option(
            names = {"--label", "--label-column"},
            paramLabel = "COLUMN",
            description = "CSV: the label's column, by name, by number, or first or last. Default: last.")
    private @Nullable String labelColumn;

    @Option(
            names = "--split-column",
            paramLabel = "COLUMN",
            description = "CSV: the column with the owner of a sample; each value becomes a client.")
    private @Nullable String splitColumn;

    @Option(
            names = "--drop",
            paramLabel = "COLUMN",
            split = ",",
            description =
                    "CSV: columns to ignore. Default: columns without information, such as row numbers and names.")
    private @Nullable List<String> drop;

    @Option(
            names = "--numeric",
            paramLabel = "COLUMN",
            split = ",",
            description = "CSV: numeric columns; missing values become the median. Default: columns with only numbers.")
    private @Nullable List<String> numeric;

    @Option(
            names = "--category",
            paramLabel = "COLUMN",
            split = ",",
            description =
                    "CSV: categorical columns, one-hot encoded; a missing value counts as a category. Default: columns with texts.")
    private @Nullable List<String> category;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "IDX: the file of labels. Default: beside the images, named as in MNIST.")
    private @Nullable String labels;

    @Option(
            names = "--features",
            paramLabel = "D",
            description = "LIBSVM: the number of features. Default: the largest index.")
    private @Nullable Integer features;

    @Option(names = "--test", paramLabel = "FILE", description = "A test set in the same format.")
    private @Nullable String test;

    @Option(names = "--test-labels", paramLabel = "FILE", description = "IDX: the test set's labels.")
    private @Nullable String testLabels;

    @Option(
            names = "--held-out",
            paramLabel = "SHARE",
            description = "Share of each client's samples held out for testing; 0 for none."
                    + " Default: 0.2 if there is no test set.")
    private @Nullable Double heldOut;

    @Option(
            names = "--standardize",
            negatable = true,
            description =
                    "Standardizes features to mean 0 and variance 1 over all clients' training samples. Sparse features are only"
                            + " scaled, and features of 0 and 1 stay. Default: on for LIBSVM and CSV.")
    private @Nullable Boolean standardize;

    @Option(
            names = "--intercept",
            negatable = true,
            description = "Adds a feature of ones. Default: on for LIBSVM and CSV, except with perceptrons.")
    private @Nullable Boolean intercept;

    @Option(names = "--label-noise", paramLabel = "SHARE", description = "Flips a share of the training labels.")
    private @Nullable Double labelNoise;

    /** Returns the given options, or null if there are none. */
    DataSettings.@Nullable Draft draft(GeneratorOptions generator) {
        String name = data == null ? null : data.toLowerCase(Locale.ROOT);
        boolean named = name != null && WITHOUT_FILE.contains(name);
        DataSettings.Draft given = new DataSettings.Draft(
                named ? name : format,
                named || data == null
                        ? null
                        : Path.of(data).toAbsolutePath().normalize().toString(),
                labels,
                labelColumn,
                splitColumn,
                features,
                test,
                testLabels,
                null,
                intercept,
                labelNoise,
                generator.dimension,
                generator.samplesPerClient,
                generator.heterogeneity,
                generator.condition,
                generator.l1,
                preparation());
        return given.equals(DataSettings.Draft.EMPTY) ? null : given;
    }

    private PreparationSettings.@Nullable Draft preparation() {
        PreparationSettings.Draft given = new PreparationSettings.Draft(heldOut, standardize, columns());
        return given.equals(PreparationSettings.Draft.EMPTY) ? null : given;
    }

    private @Nullable Map<String, String> columns() {
        Map<String, String> roles = new LinkedHashMap<>();
        addRole(roles, drop, "drop");
        addRole(roles, numeric, "number");
        addRole(roles, category, "category");
        return roles.isEmpty() ? null : roles;
    }

    private static void addRole(Map<String, String> roles, @Nullable List<String> columns, String role) {
        if (columns == null) {
            return;
        }
        for (String column : columns) {
            String other = roles.put(column, role);
            if (other != null && !other.equals(role)) {
                throw new IllegalArgumentException(
                        "column '" + column + "' is named as " + other + " and as " + role + ": name it once");
            }
        }
    }
}
