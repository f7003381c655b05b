package io.evenkeel.cli.pilot;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.LossSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a trial does; each has its twin in experiment.yaml. */
final class ExperimentOptions {

    private static final List<String> WITHOUT_FILE = List.of("digits", "logistic", "quadratic", "polynomial");

    @Option(
            names = "--data",
            paramLabel = "FILE|NAME",
            description = {
                "The data: a LIBSVM, CSV or IDX file, gzipped or not, a folder of CIFAR-10, or one of digits (shipped), logistic, quadratic, polynomial"
                        + " (generated). Default: digits."
            })
    private @Nullable String data;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "libsvm, csv, idx or cifar10. Default: as the file's name suggests, else libsvm.")
    private @Nullable String format;

    @Option(
            names = "--label-column",
            paramLabel = "COLUMN",
            description = "CSV: name or number of the label's column. Default: the last.")
    private @Nullable String labelColumn;

    @Option(
            names = "--split-column",
            paramLabel = "COLUMN",
            description = "CSV: the column that says whose a sample is; each value becomes a client.")
    private @Nullable String splitColumn;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "IDX: the labels. Default: beside the images, by MNIST's names.")
    private @Nullable String labels;

    @Option(
            names = "--features",
            paramLabel = "D",
            description = "LIBSVM: number of features. Default: the largest index.")
    private @Nullable Integer features;

    @Option(names = "--test", paramLabel = "FILE", description = "Held-out samples in the same format.")
    private @Nullable String test;

    @Option(names = "--test-labels", paramLabel = "FILE", description = "IDX: the held-out samples' labels.")
    private @Nullable String testLabels;

    @Option(names = "--test-share", paramLabel = "SHARE", description = "Holds out a share of the samples instead.")
    private @Nullable Double testShare;

    @Option(names = "--intercept", description = "Adds a feature of ones.")
    private @Nullable Boolean intercept;

    @Option(names = "--label-noise", paramLabel = "SHARE", description = "Flips a share of the training labels.")
    private @Nullable Double labelNoise;

    @Option(
            names = "--dimension",
            paramLabel = "D",
            description = "Generators: number of coordinates. Default: 100; polynomial: 4.")
    private @Nullable Integer dimension;

    @Option(names = "--samples-per-client", paramLabel = "M", description = "Generator logistic. Default: 50.")
    private @Nullable Integer samplesPerClient;

    @Option(
            names = "--heterogeneity",
            paramLabel = "H",
            description = "Generators logistic and quadratic: how much clients differ; 0 is not at all. Default: 1.")
    private @Nullable Double heterogeneity;

    @Option(
            names = "--condition",
            paramLabel = "C",
            description = "Generator quadratic: largest over smallest curvature. Default: 100.")
    private @Nullable Double condition;

    @Option(names = "--l1", paramLabel = "L1", description = "Generator polynomial: L1, with L0 = 4. Default: 1.")
    private @Nullable Double l1;

    @Option(
            names = "--loss",
            paramLabel = "LOSS",
            description =
                    "logistic, softmax, perceptron; for images also resnet-8, -14, -20, with /2 on images of half the size. Default: logistic; for images softmax.")
    private @Nullable String loss;

    @Option(
            names = "--regularizer",
            paramLabel = "NAME",
            description = "none, l2, or nonconvex: lambda sum x^2/(1+x^2). Default: nonconvex; none for networks.")
    private @Nullable String regularizer;

    @Option(names = "--lambda", paramLabel = "LAMBDA", description = "The regularizer's weight. Default: 0.1.")
    private @Nullable Double lambda;

    @Option(names = "--hidden", paramLabel = "UNITS", description = "Perceptron: hidden units. Default: 32.")
    private @Nullable Integer hidden;

    @Option(names = "--clients", paramLabel = "N", description = "How many clients. Default: 20.")
    private @Nullable Integer clients;

    @Option(
            names = "--split",
            paramLabel = "SPLIT",
            description =
                    "contiguous (equal, the rest to the last), iid, dirichlet (skewed by label), or column. Default: contiguous.")
    private @Nullable String split;

    @Option(
            names = "--dirichlet-alpha",
            paramLabel = "ALPHA",
            description = "The smaller, the more skewed. Default: 0.5.")
    private @Nullable Double dirichletAlpha;

    @Option(
            names = "--weights",
            paramLabel = "BY",
            description = "equal, or samples: what a client counts by. Default: equal.")
    private @Nullable String weights;

    @Option(
            names = "--participation",
            paramLabel = "SHARE",
            description = "Share of the clients in a round. Default: 1.")
    private @Nullable Double participation;

    @Option(
            names = "--over",
            paramLabel = "WAY",
            description =
                    "process, or http: through a coordinator of its own and the SDK's clients, up to 500, with the same models."
                            + " Default: process.")
    private @Nullable String over;

    @Option(names = "--batch", paramLabel = "B", description = "Samples a gradient. Default: all.")
    private @Nullable Integer batch;

    @Option(
            names = "--local-steps",
            paramLabel = "E",
            description = "Steps a client takes on its own in a round. Default: 1.")
    private @Nullable Integer localSteps;

    @Option(names = "--local-step-size", paramLabel = "SIZE", description = "Their size. Default: 0.1.")
    private @Nullable Double localStepSize;

    @Option(
            names = "--x0",
            paramLabel = "START",
            description = "zeros, normal, or suggested: what suits the loss. Default: zeros, or what the loss needs.")
    private @Nullable String x0;

    @Option(
            names = "--g0",
            paramLabel = "START",
            description = "zeros, compressed (C of the first gradient) or dense. Default: zeros.")
    private @Nullable String g0;

    @Option(names = "--rounds", paramLabel = "R", description = "Default: 1000.")
    private @Nullable Integer rounds;

    @Option(
            names = "--seeds",
            paramLabel = "SEED",
            split = ",",
            description = "Comma-separated. Default: 1 to 5, or only 1 if nothing is drawn at random.")
    private @Nullable List<Long> seeds;

    @Option(
            names = "--record-every",
            paramLabel = "ROUNDS",
            description = "Default: 1, or, where it costs extra, about 500 points in all.")
    private @Nullable Integer recordEvery;

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            description =
                    "grad-norm:0.01, loss:0.3 or test-metric:0.9; repeatable. Default: powers of ten of grad-norm.")
    private @Nullable List<String> targets;

    @Option(
            names = "--baseline",
            paramLabel = "ARM",
            description = "The arm the others are compared with. Default: the first.")
    private @Nullable String baseline;

    @Option(
            names = "--arm",
            paramLabel = "ARM",
            description = {
                "A method: ALGORITHM[,compressor=..][,step=..][,gamma=..][,eta=..][,name=..]; repeatable.",
                "Algorithms: ef21, ef21-norm, ef21-sgdm, ef21-sgdm-norm, ef14, dcgd, gd, gd-norm.",
                "Compressors: top-k:1, top-k:0.01+natural, rand-k:0.1, sign, identity, ... gamma: a number, constant:0.1,"
                        + " horizon:1:0.5, anytime:0.1:0.5, theory, theory*4, or, with accumulated-norm, distance:0.5:0.2.",
                "Default: ef21, ef21-norm, and ef21,step=accumulated-norm."
            })
    private @Nullable List<String> arms;

    @Option(
            names = "--compressor",
            paramLabel = "COMPRESSOR",
            description = "For the arms that name none of their own. Default: top-k:0.01; identity for gd and gd-norm.")
    private @Nullable String compressor;

    /** Tells whether any of them was given. */
    boolean isEmpty() {
        return new ExperimentDraft(null, null, null, null, null, null, null, null, null, null, null).equals(draft());
    }

    /** Tells whether arms are named, and not only a compressor for the default ones. */
    boolean namesArms() {
        return arms != null;
    }

    /** Returns what they say. */
    ExperimentDraft draft() {
        return new ExperimentDraft(
                dataDraft(),
                orNull(
                        new ExperimentDraft.Loss(loss, regularizer, lambda, hidden),
                        new ExperimentDraft.Loss(null, null, null, null)),
                orNull(
                        new ExperimentDraft.Fleet(clients, split, dirichletAlpha, weights, participation, over),
                        ExperimentDraft.Fleet.EMPTY),
                orNull(
                        new ExperimentDraft.Gradient(batch, localSteps, localStepSize),
                        new ExperimentDraft.Gradient(null, null, null)),
                orNull(new ExperimentDraft.Start(x0, g0), new ExperimentDraft.Start(null, null)),
                rounds,
                seeds,
                recordEvery,
                targets,
                baseline,
                armSettings());
    }

    private ExperimentDraft.@Nullable Data dataDraft() {
        String name = data == null ? null : data.toLowerCase(Locale.ROOT);
        boolean named = name != null && WITHOUT_FILE.contains(name);
        ExperimentDraft.Data given = new ExperimentDraft.Data(
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
                testShare,
                intercept,
                labelNoise,
                dimension,
                samplesPerClient,
                heterogeneity,
                condition,
                l1);
        return orNull(given, ExperimentDraft.Data.EMPTY);
    }

    private @Nullable List<ArmSettings> armSettings() {
        if (arms == null) {
            return compressor == null
                    ? null
                    : withCompressor(ExperimentDraft.defaultArms(loss != null && LossSettings.isRough(loss)));
        }
        return withCompressor(arms.stream().map(ArmSettings::parse).toList());
    }

    private List<ArmSettings> withCompressor(List<ArmSettings> settings) {
        String added = compressor;
        return added == null
                ? settings
                : settings.stream()
                        .map(arm -> arm.compressor() == null && !arm.preset().uncompressed()
                                ? arm.withCompressor(added)
                                : arm)
                        .toList();
    }

    private static <T> @Nullable T orNull(T given, T empty) {
        return given.equals(empty) ? null : given;
    }
}
