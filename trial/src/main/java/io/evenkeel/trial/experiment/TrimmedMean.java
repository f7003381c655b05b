package io.evenkeel.trial.experiment;

import io.evenkeel.core.vector.Norm;
import java.util.Arrays;
import java.util.List;

/**
 * Drops the largest and the smallest values in each coordinate: {@code S_j = W mean of the others}, where the mean is
 * weighted by w_i and W is the sum of all weights (Yin, Chen, Ramchandran, Bartlett, ICML 2018). Clients that have sent
 * nothing, whose vector is 0, do not count.
 *
 * <p>Needs all vectors at once, so a coordinator does not offer it.
 *
 * @param share the share of the values to drop at each end, more than 0 and less than 0.5; for n clients
 *     {@code share n} values, rounded to the nearest integer and at least 1, but at least one value remains
 */
public record TrimmedMean(double share) implements RobustRule {

    static final String NAME = "trim:";

    public TrimmedMean {
        Check.that(
                share > 0 && share < 0.5,
                "the share in robust 'trim:" + share + "' is " + share + ", expected more than 0 and less than 0.5");
    }

    /**
     * Reads {@code trim:SHARE}.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    static TrimmedMean parse(String text) {
        try {
            return new TrimmedMean(Double.parseDouble(text.substring(NAME.length())));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("robust '" + text + "': expected trim:SHARE such as trim:0.2", e);
        }
    }

    @Override
    public String text() {
        return NAME + share;
    }

    @Override
    public void sum(List<double[]> vectors, double[] weights, double[] sum) {
        int[] counted = senders(vectors);
        double[] values = new double[counted.length];
        double[] sorted = new double[counted.length];
        double whole = 0;
        for (int i : counted) {
            whole += weights[i];
        }
        for (int j = 0; j < sum.length; j++) {
            for (int k = 0; k < counted.length; k++) {
                values[k] = vectors.get(counted[k])[j];
                sorted[k] = weights[counted[k]];
            }
            sort(values, sorted);
            sum[j] = whole * mean(values, sorted);
        }
    }

    private static int[] senders(List<double[]> vectors) {
        int[] senders = new int[vectors.size()];
        int count = 0;
        for (int i = 0; i < senders.length; i++) {
            if (Norm.l2(vectors.get(i)) > 0) {
                senders[count++] = i;
            }
        }
        return Arrays.copyOf(senders, count);
    }

    /** Insertion sort of values with their weights: equal values keep the order of the clients. */
    private static void sort(double[] values, double[] weights) {
        for (int k = 1; k < values.length; k++) {
            double value = values[k];
            double weight = weights[k];
            int at = k;
            while (at > 0 && values[at - 1] > value) {
                values[at] = values[at - 1];
                weights[at] = weights[at - 1];
                at--;
            }
            values[at] = value;
            weights[at] = weight;
        }
    }

    private double mean(double[] values, double[] weights) {
        int n = values.length;
        int cut = Math.min(Math.max(1, (int) Math.floor(share * n + 0.5)), (n - 1) / 2);
        double sum = 0;
        double weight = 0;
        for (int k = cut; k < n - cut; k++) {
            sum += weights[k] * values[k];
            weight += weights[k];
        }
        return weight == 0 ? 0 : sum / weight;
    }
}
