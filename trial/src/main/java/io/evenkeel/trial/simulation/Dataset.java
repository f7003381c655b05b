package io.evenkeel.trial.simulation;

import io.evenkeel.trial.data.Digits;
import io.evenkeel.trial.data.Samples;
import io.evenkeel.trial.experiment.DataSettings;
import io.evenkeel.trial.image.ImageSet;
import io.evenkeel.trial.source.Cifar10Reader;
import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.source.IdxReader;
import io.evenkeel.trial.source.LibsvmReader;
import io.evenkeel.trial.source.LogisticGenerator;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.sparse.SparseMatrixBuilder;
import io.evenkeel.trial.split.Division;
import io.evenkeel.trial.table.Table;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All samples, before they are divided.
 *
 * @param train the training samples
 * @param test the held-out samples, or null
 * @param names the features' names; empty if they have none
 * @param summary a human-readable description of the files; may be empty
 */
record Dataset(Labelled train, @Nullable Labelled test, List<String> names, List<String> summary) {

    Dataset(Labelled train, @Nullable Labelled test) {
        this(train, test, List.of(), List.of());
    }

    String feature(int column) {
        return column < names.size() ? names.get(column) : "feature " + (column + 1);
    }

    static Dataset read(DataSettings data) {
        if ("digits".equals(data.source())) {
            Digits digits = Digits.load();
            return new Dataset(sparse(digits.train()), sparse(digits.heldOut()));
        }
        if ("cifar10".equals(data.source())) {
            Path folder = Path.of(Objects.requireNonNull(data.file()));
            return new Dataset(Cifar10Reader.train(folder), Cifar10Reader.test(folder));
        }
        if ("csv".equals(data.source())) {
            return table(data);
        }
        if ("images".equals(data.source())) {
            ImageSet images = ImageSet.read(Path.of(Objects.requireNonNull(data.file())));
            return new Dataset(images.train(), images.test(), List.of(), images.summary());
        }
        Labelled train = file(data, data.file(), data.labelsFile(), data.features());
        Labelled test = data.testFile() == null
                ? null
                : file(
                        data,
                        data.testFile(),
                        data.testLabelsFile(),
                        train.features().columns());
        if (test != null && test.features().columns() != train.features().columns()) {
            throw new DataException(data.testFile() + ": has " + test.features().columns() + " features, but "
                    + data.file() + " has " + train.features().columns() + ": give files that belong together");
        }
        return new Dataset(train, test);
    }

    static Dataset draw(DataSettings data, int clients, long seed) {
        Labelled drawn =
                LogisticGenerator.draw(clients, data.samplesPerClient(), data.dimension(), data.heterogeneity(), seed);
        return new Dataset(drawn, null);
    }

    private static Labelled file(DataSettings data, @Nullable String name, @Nullable String labels, int features) {
        Path file = Path.of(Objects.requireNonNull(name));
        return switch (data.source()) {
            case "idx" -> IdxReader.read(file, Path.of(Objects.requireNonNull(labels)));
            default -> LibsvmReader.read(file, features);
        };
    }

    private static Dataset table(DataSettings data) {
        Table table = TableInspection.open(data);
        Table.Samples samples = table.samples();
        Labelled test = data.testFile() == null ? null : samples.test(Path.of(data.testFile()));
        return new Dataset(samples.data(), test, samples.featureNames(), table.summary());
    }

    private static Labelled sparse(Samples samples) {
        SparseMatrixBuilder rows = new SparseMatrixBuilder();
        double[] labels = new double[samples.size()];
        for (int i = 0; i < samples.size(); i++) {
            for (int j = 0; j < samples.width(); j++) {
                rows.add(j, samples.features()[i * samples.width() + j]);
            }
            rows.endRow();
            labels[i] = samples.label(i);
        }
        return new Labelled(rows.build(samples.width()), labels, null);
    }

    /**
     * Holds out a share of the training samples, drawn from the seed; both parts stay in the order of the
     * data.
     */
    Dataset heldOut(double share, long seed) {
        if (share == 0) {
            return this;
        }
        int count = (int) Math.round(share * train.size());
        if (count < 1 || count >= train.size()) {
            throw new IllegalArgumentException("a test share of " + share + " of " + train.size()
                    + " samples leaves one part empty: use another share");
        }
        int[] order = Division.iid(train.size(), 1, seed).order();
        int[] out = Arrays.copyOf(order, count);
        int[] in = Arrays.copyOfRange(order, count, order.length);
        Arrays.sort(out);
        Arrays.sort(in);
        return new Dataset(train.select(in), train.select(out), names, summary);
    }
}
