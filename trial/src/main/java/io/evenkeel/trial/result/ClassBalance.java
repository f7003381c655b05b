package io.evenkeel.trial.result;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The class balance of the training samples.
 *
 * @param classes the number of classes
 * @param largest the share of the largest class: the accuracy of a model that always predicts it
 * @param smallest the share of the smallest class
 * @param entropy the entropy of the shares, in nats: the cross-entropy of a model that predicts the shares for every
 *     sample
 */
public record ClassBalance(int classes, double largest, double smallest, double entropy) {

    /** The ratio of the largest class to the mean of the others above which it dominates the accuracy. */
    private static final double UNBALANCED = 3;

    /** Counts the labels of all samples. */
    public static ClassBalance of(double[] labels) {
        Map<Double, Long> counts = Arrays.stream(labels)
                .boxed()
                .collect(Collectors.groupingBy(label -> label, TreeMap::new, Collectors.counting()));
        double[] shares = counts.values().stream()
                .mapToDouble(count -> (double) count / labels.length)
                .toArray();
        return new ClassBalance(
                shares.length,
                Arrays.stream(shares).max().orElse(0),
                Arrays.stream(shares).min().orElse(0),
                Arrays.stream(shares)
                        .map(share -> -share * StrictMath.log(share))
                        .sum());
    }

    /**
     * Returns whether the accuracy is not meaningful: 75% of the samples in one of two classes, or 25% in one of ten.
     */
    public boolean unbalanced() {
        return classes > 1 && largest * (classes - 1) >= UNBALANCED * (1 - largest);
    }
}
