package io.evenkeel.trial.simulation;

import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.prepare.LabelScale;
import io.evenkeel.trial.prepare.Standardizer;
import io.evenkeel.trial.result.ClassBalance;
import io.evenkeel.trial.sparse.Labelled;
import io.evenkeel.trial.split.Shards;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects human-readable sentences about how the samples were prepared. */
final class DataNotes {

    private static final int NAMED = 5;

    private final Dataset dataset;
    private final QualityMetric metric;
    private final @Nullable ClassBalance classes;
    private final List<String> sentences = new ArrayList<>();

    /**
     * @param metric the metric on held-out samples
     * @param classes the class balance of the training samples; null if
     *     there are no classes
     */
    DataNotes(Dataset dataset, QualityMetric metric, @Nullable ClassBalance classes) {
        this.dataset = dataset;
        this.metric = metric;
        this.classes = classes;
        sentences.addAll(dataset.summary());
    }

    List<String> sentences() {
        return List.copyOf(sentences);
    }

    private void add(String format, Object... values) {
        sentences.add(String.format(Locale.ROOT, format, values));
    }

    /**
     * @param test the held-out samples, or null
     * @param ofTestSet whether they are a test set, rather than a part of
     *     each client's samples
     */
    void divided(Shards shards, @Nullable Labelled test, boolean ofTestSet) {
        int training = shards.order().length;
        int features = dataset.train().features().columns();
        add("%,d clients train on %,d samples with %,d features.", shards.clients(), training, features);
        String quality = metric.name();
        if (test == null) {
            add("No samples are held out, so nothing measures %s.", quality);
        } else if (ofTestSet) {
            add("%,d samples of the test set measure %s.", test.size(), quality);
        } else {
            add("%,d samples are held out to measure %s, drawn from each client's by the seed.", test.size(), quality);
        }
        if (classes != null) {
            add(
                    "Of %,d classes the largest has %.1f%% of the samples and the smallest %.1f%%.%s",
                    classes.classes(), 100 * classes.largest(), 100 * classes.smallest(), consequence(classes));
        }
    }

    private String consequence(ClassBalance of) {
        if (!of.unbalanced()) {
            return "";
        }
        String accuracy = String.format(
                Locale.ROOT, " Predicting the largest always has %.1f%% accuracy, so ", 100 * of.largest());
        return accuracy
                + (metric.equals(QualityMetric.ACCURACY)
                        ? "the accuracy says little here: leave out --metric for a better one."
                        : metric.name() + " and the loss decide.");
    }

    void standardized(Standardizer standardizer) {
        if (standardizer.centered() + standardizer.scaled() == 0) {
            add("All features are 0 or 1: there was nothing to standardize.");
            return;
        }
        List<String> parts = new ArrayList<>();
        addCount(parts, standardizer.centered(), "to mean 0 and variance 1");
        addCount(parts, standardizer.scaled(), "scaled, with their zeros kept");
        addCount(parts, standardizer.untouched(), "of 0 and 1 left as they are");
        add(
                "Features are standardized by the training samples of all clients together: %s. In a fleet, clients send"
                        + " counts and sums of each feature, then squared deviations from the common mean; both add up.",
                String.join(", ", parts));
    }

    private static void addCount(List<String> parts, int count, String what) {
        if (count > 0) {
            parts.add(String.format(Locale.ROOT, "%,d %s", count, what));
        }
    }

    void scaled(LabelScale scale) {
        add(
                "Labels are standardized likewise: mean %.4g and deviation %.4g became 0 and 1.",
                scale.mean(), scale.deviation());
    }

    void unscaled(Standardizer standardizer) {
        List<Integer> uneven = standardizer.unevenColumns();
        if (uneven.isEmpty()) {
            return;
        }
        String names = uneven.stream()
                .limit(NAMED)
                .map(column -> String.format(
                        Locale.ROOT, "%s (about %.3g)", dataset.feature(column), standardizer.size(column)))
                .collect(Collectors.joining(", "));
        String others = uneven.size() > NAMED ? " and " + (uneven.size() - NAMED) + " more" : "";
        add(
                "Warning: features differ in size by over 10 times: %s%s. One step size does not suit them all;"
                        + " standardize them (leave out --no-standardize).",
                names, others);
    }

    void intercept() {
        add("A feature of ones is added, as an intercept.");
    }
}
