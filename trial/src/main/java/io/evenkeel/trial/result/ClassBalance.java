package io.evenkeel.trial.result;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How many of the training samples the classes have.
 *
 * @param classes how many classes there are
 * @param largest the share of the largest class: the accuracy of a model that always predicts it
 * @param smallest the share of the smallest class
 */
public record ClassBalance(int classes, double largest, double smallest) {

    /** From so many times the samples on that the other classes have on average, the largest class hides them in the accuracy. */
    private static final double UNBALANCED = 3;

    /** Counts the labels of all samples. */
    public static ClassBalance of(double[] labels) {
        Map<Double, Long> counts =
                Arrays.stream(labels).boxed().collect(Collectors.groupingBy(label -> label, Collectors.counting()));
        long largest = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
        long smallest =
                counts.values().stream().mapToLong(Long::longValue).min().orElse(0);
        return new ClassBalance(counts.size(), (double) largest / labels.length, (double) smallest / labels.length);
    }

    /** Returns whether the accuracy says little: 75% of the samples in one of two classes, or 25% in one of ten. */
    public boolean unbalanced() {
        return classes > 1 && largest * (classes - 1) >= UNBALANCED * (1 - largest);
    }
}
