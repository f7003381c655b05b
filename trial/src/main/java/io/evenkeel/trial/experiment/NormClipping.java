package io.evenkeel.trial.experiment;

import java.util.Arrays;

/**
 * Bounds what one client adds to the sum by the size of the others: {@code S = sum_i c_i w_i g_i} with
 * {@code c_i = min(1, factor m/||g_i||)}, where m is the median of the norms. Both sides keep g_i as it is, so error feedback stays
 * exact, and a client whose c_i is 1 counts as without clipping.
 *
 * <p>Clipping to a radius around a point is due to Karimireddy, He, Jaggi, ICML 2021; aggregating the vectors g_i of EF21 robustly to
 * Rammal et al., arXiv 2310.09804. Here the point is 0 and the radius follows the fleet, so there is nothing to tune to the loss.
 *
 * @param factor how many medians long a g_i may be, finite and at least 1
 */
public record NormClipping(double factor) {

    private static final String NAME = "clip:";

    public NormClipping {
        Check.that(
                factor >= 1 && factor < Double.POSITIVE_INFINITY,
                "the factor in robust 'clip:" + factor + "' is " + factor + ", expected a finite number of at least 1");
    }

    /**
     * Reads {@code clip:FACTOR}.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    public static NormClipping parse(String text) {
        Check.that(text.startsWith(NAME), "robust '" + text + "': expected clip:FACTOR such as clip:2");
        try {
            return new NormClipping(Double.parseDouble(text.substring(NAME.length())));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("robust '" + text + "': expected clip:FACTOR such as clip:2", e);
        }
    }

    /**
     * Returns c_i for each norm ||g_i||. The median of an even number is the lower one of the two in the middle, so that half of the
     * clients cannot raise it.
     *
     * @param norms at least one, each at least 0
     */
    public double[] factors(double[] norms) {
        double[] sorted = norms.clone();
        Arrays.sort(sorted);
        double bound = factor * sorted[(sorted.length - 1) / 2];
        return Arrays.stream(norms)
                .map(norm -> norm <= bound ? 1 : bound / norm)
                .toArray();
    }
}
