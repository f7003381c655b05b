package io.evenkeel.trial.simulation;

import io.evenkeel.trial.experiment.DataSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.loss.ClientLosses;
import io.evenkeel.trial.loss.HeldOut;
import io.evenkeel.trial.loss.LeastSquaresLoss;
import io.evenkeel.trial.loss.LogisticLoss;
import io.evenkeel.trial.loss.PerceptronLoss;
import io.evenkeel.trial.loss.PolynomialLoss;
import io.evenkeel.trial.loss.QuadraticLoss;
import io.evenkeel.trial.loss.Quality;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.loss.Regularizer;
import io.evenkeel.trial.loss.Sharded;
import io.evenkeel.trial.loss.SoftmaxLoss;
import io.evenkeel.trial.result.ClassBalance;
import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.sparse.Labelled;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Creates the fleets of an experiment: reads files once, then divides samples and flips labels according to
 * the seed. Safe to share between threads.
 */
public final class FleetFactory {

    private static final double POLYNOMIAL_L0 = 4;

    private final Experiment experiment;
    private final @Nullable Dataset files;
    private final @Nullable ClassBalance classes;

    /**
     * Reads the files.
     *
     * @throws DataException if one cannot be used
     * @throws IllegalArgumentException if the trial was made in Python or by real devices, since their data and losses
     *     are not available
     */
    public FleetFactory(Experiment experiment) {
        this.experiment = experiment;
        DataSettings data = experiment.data();
        if (data.isPython()) {
            throw new IllegalArgumentException("this trial was made by evenkeel.trial in Python: run it there");
        }
        if (data.isCoordinator()) {
            throw new IllegalArgumentException(
                    "these are the records of real runs, which cannot be run again here: fetch them again with"
                            + " evenkeel pilot compare --runs");
        }
        this.files = data.isFormula() || data.isRandom() ? null : Dataset.read(data);
        this.classes = data.isFormula() || experiment.loss().isRegression() ? null : classes(experiment, files);
    }

    /** The classes of generated data come from the first seed, so that all seeds use the same metric. */
    private static ClassBalance classes(Experiment experiment, @Nullable Dataset files) {
        Dataset dataset = files != null
                ? files
                : Dataset.draw(
                        experiment.data(),
                        experiment.fleet().clients(),
                        experiment.seeds().get(0));
        return ClassBalance.of(IntStream.range(0, dataset.train().size())
                .mapToDouble(dataset.train()::label)
                .toArray());
    }

    /**
     * Creates the fleet of a seed.
     *
     * @throws IllegalArgumentException if the data does not suit the loss or the split
     */
    public Fleet fleet(long seed) {
        DataSettings data = experiment.data();
        int clients = experiment.fleet().clients();
        boolean bySamples = "samples".equals(experiment.fleet().weights());
        return switch (data.source()) {
            case "quadratic" ->
                new Fleet(
                        new QuadraticLoss(clients, data.dimension(), data.condition(), data.heterogeneity(), seed),
                        bySamples,
                        null);
            case "polynomial" ->
                new Fleet(new PolynomialLoss(data.dimension(), POLYNOMIAL_L0, data.l1()), bySamples, null);
            default -> sampled(files == null ? Dataset.draw(data, clients, seed) : files, seed, bySamples);
        };
    }

    private Fleet sampled(Dataset dataset, long seed, boolean bySamples) {
        QualityMetric metric = classes == null
                ? QualityMetric.R2
                : experiment.loss().metricOf(classes.unbalanced(), classes.classes());
        PreparedData prepared = PreparedData.of(experiment, dataset, seed, new DataNotes(dataset, metric, classes));
        return new Fleet(
                losses(prepared.shards(), prepared.labels()),
                bySamples,
                quality(prepared.test(), prepared.labels(), metric),
                prepared.test() == null ? null : metric,
                classes,
                prepared.notes());
    }

    private ClientLosses losses(Sharded shards, double[] labels) {
        Regularizer regularizer = experiment.loss().toRegularizer();
        return switch (experiment.loss().kind()) {
            case "softmax" -> new SoftmaxLoss(shards, labels, regularizer);
            case "perceptron" ->
                new PerceptronLoss(shards, labels, experiment.loss().hidden(), regularizer);
            case "least-squares" -> new LeastSquaresLoss(shards, regularizer);
            default -> new LogisticLoss(shards, regularizer);
        };
    }

    private @Nullable Supplier<Quality> quality(@Nullable Labelled test, double[] labels, QualityMetric metric) {
        if (test == null) {
            return null;
        }
        if (experiment.loss().isRegression()) {
            return () -> HeldOut.leastSquares(test);
        }
        double[] unseen = Arrays.stream(test.distinctLabels())
                .filter(label -> Arrays.binarySearch(labels, label) < 0)
                .toArray();
        if (unseen.length > 0) {
            throw new DataException("the held-out samples have the label " + unseen[0]
                    + ", which no training sample has: give files that belong together");
        }
        return switch (experiment.loss().kind()) {
            case "softmax" -> () -> HeldOut.softmax(test, labels, metric);
            case "perceptron" ->
                () -> HeldOut.perceptron(test, labels, experiment.loss().hidden(), metric);
            default -> () -> HeldOut.logistic(test, labels, metric);
        };
    }
}
