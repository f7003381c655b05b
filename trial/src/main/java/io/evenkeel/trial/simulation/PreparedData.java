package io.evenkeel.trial.simulation;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.experiment.DataSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.FleetSettings;
import io.evenkeel.trial.loss.Sharded;
import io.evenkeel.trial.prepare.LabelScale;
import io.evenkeel.trial.prepare.Standardizer;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.split.Division;
import io.evenkeel.trial.split.HeldOutShare;
import io.evenkeel.trial.split.LabelNoise;
import io.evenkeel.trial.split.Shards;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The samples on which clients train. The preparation flips labels, divides the samples, holds out a share of each
 * client's samples, standardizes features and adds an intercept.
 *
 * @param shards the training samples, client by client
 * @param test the held-out samples, or null
 * @param labels the labels of the data, ascending
 * @param notes sentences on the preparation
 */
@SuppressWarnings("ArrayRecordComponent") // The arrays are not copied, and never compared.
record PreparedData(Sharded shards, @Nullable Labelled test, double[] labels, List<String> notes) {

    // Each use of a seed has its own stream, so that enabling one option does not change the draws of others.
    private static final int HOLD_OUT = 101;
    private static final int NOISE = 102;
    private static final int SPLIT = 103;

    /**
     * Prepares the samples for a seed.
     *
     * @param notes records the preparation
     * @throws IllegalArgumentException if there are too few samples, or a value is too large
     */
    static PreparedData of(Experiment experiment, Dataset dataset, long seed, DataNotes notes) {
        DataSettings data = experiment.data();
        Dataset pool = dataset.heldOut(data.testShare(), SplitMix64.derive(seed, HOLD_OUT));
        Labelled all = LabelNoise.flip(pool.train(), data.labelNoise(), SplitMix64.derive(seed, NOISE));
        Shards shards = split(experiment.fleet(), all, SplitMix64.derive(seed, SPLIT));
        Labelled test = pool.test();
        double share = data.preparation().heldOut();
        if (test == null && share > 0) {
            boolean classes = !experiment.loss().isRegression();
            HeldOutShare drawn = HeldOutShare.draw(all, shards, share, classes, SplitMix64.derive(seed, HOLD_OUT));
            shards = drawn.train();
            // Uses the original labels, not the flipped ones.
            test = drawn.heldOut().length == 0 ? null : pool.train().select(drawn.heldOut());
        }
        double[] labels = pool.train().distinctLabels();
        return finish(
                experiment,
                new Dataset(all, pool.test(), dataset.names(), dataset.summary()),
                shards,
                test,
                labels,
                notes);
    }

    private static PreparedData finish(
            Experiment experiment,
            Dataset dataset,
            Shards shards,
            @Nullable Labelled heldOut,
            double[] labels,
            DataNotes notes) {
        notes.divided(shards, heldOut, dataset.test() != null);
        Labelled train = dataset.train();
        Labelled test = heldOut;
        if (experiment.data().preparation().standardize()) {
            Standardizer standardizer = Standardizer.fit(train.features(), shards);
            notes.standardized(standardizer);
            train = train.withFeatures(standardizer.apply(train.features()));
            test = test == null ? null : test.withFeatures(standardizer.apply(test.features()));
            if (experiment.loss().isRegression()) {
                LabelScale scale = LabelScale.fit(train, shards);
                notes.scaled(scale);
                train = scale.apply(train);
                test = test == null ? null : scale.apply(test);
            }
        } else if (experiment.data().isTable()) {
            notes.unscaled(Standardizer.fit(train.features(), shards));
        }
        if (experiment.data().intercept()) {
            notes.intercept();
            train = train.withIntercept();
            test = test == null ? null : test.withIntercept();
        }
        return new PreparedData(new Sharded(train, shards), test, labels, notes.sentences());
    }

    private static Shards split(FleetSettings fleet, Labelled train, long seed) {
        int clients = fleet.clients();
        return switch (fleet.split()) {
            case "iid" -> Division.iid(train.size(), clients, seed);
            case "dirichlet" -> Division.dirichlet(train, clients, fleet.dirichletAlpha(), seed);
            case "column" -> Division.byGroup(train);
            default -> train.groups() == null ? Division.contiguous(train.size(), clients) : Division.byGroup(train);
        };
    }
}
