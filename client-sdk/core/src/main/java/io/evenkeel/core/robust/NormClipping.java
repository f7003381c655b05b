package io.evenkeel.core.robust;

import java.util.Arrays;

/**
 * Bounds one client's contribution to the sum by the size of the others: {@code S = sum_i c_i w_i g_i} with {@code c_i
 * = min(1, factor m/||g_i||)}, where m is the median of the norms above 0. Both sides keep g_i unchanged, so error
 * feedback stays exact, and clipping does not change the contribution of a client whose c_i is 1. Where clients keep no
 * g_i, the messages of a round are bounded in the same way.
 *
 * <p>Clipping to a radius around a point is due to Karimireddy, He, Jaggi, ICML 2021; robust aggregation of the vectors
 * g_i of EF21 is due to Rammal et al., arXiv 2310.09804. Here the point is 0 and the radius follows the fleet, so
 * nothing needs to be tuned to the loss.
 *
 * @param factor the maximum norm of a g_i as a multiple of the median, finite and at least 1
 */
public record NormClipping(double factor) {

    private static final String NAME = "clip:";

    /** @throws IllegalArgumentException if the factor is out of range */
    public NormClipping {
        if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the factor in robust 'clip:" + factor + "' is " + factor
                    + ", expected a finite number of at least 1");
        }
    }

    /**
     * Reads {@code clip:FACTOR}.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    public static NormClipping parse(String text) {
        if (!text.startsWith(NAME)) {
            throw new IllegalArgumentException("robust '" + text + "': expected clip:FACTOR such as clip:2");
        }
        try {
            return new NormClipping(Double.parseDouble(text.substring(NAME.length())));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("robust '" + text + "': expected clip:FACTOR such as clip:2", e);
        }
    }

    /** Returns the form that {@link #parse} reads, such as {@code clip:2}. */
    public String text() {
        return NAME
                + (factor == Math.rint(factor) && factor < 1e9
                        ? Long.toString((long) factor)
                        : Double.toString(factor));
    }

    /**
     * Returns c_i for each norm ||g_i||. A client that has sent nothing has norm 0 and is excluded from the median:
     * otherwise the radius would be 0 in the first rounds of a run with low participation. The median of an even number
     * of norms is the lower of the two middle ones, so that half of the clients cannot raise it.
     *
     * @param norms each at least 0
     */
    public double[] factors(double[] norms) {
        double[] sorted = Arrays.stream(norms).filter(norm -> norm > 0).sorted().toArray();
        double bound = sorted.length == 0 ? 0 : factor * sorted[(sorted.length - 1) / 2];
        return Arrays.stream(norms)
                .map(norm -> norm <= bound ? 1 : bound / norm)
                .toArray();
    }

    /**
     * Computes the bounded sum from the vectors, independently of earlier sums, so that a large value that a client
     * sent and later cancelled leaves no rounding error. Adds the vectors in order, so the same vectors give the same
     * bits. Reads each norm once, and then each vector with a norm above 0 once.
     *
     * @param members the clients
     * @param sum d values, which are overwritten
     */
    public void sum(MemberVectorSource members, double[] sum) {
        double[] norms = new double[members.count()];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = members.norm(i);
        }
        double[] factors = factors(norms);
        Arrays.fill(sum, 0);
        for (int i = 0; i < norms.length; i++) {
            if (norms[i] > 0) {
                add(members.vector(i), factors[i] * members.weight(i), sum);
            }
        }
    }

    private static void add(double[] vector, double weight, double[] sum) {
        for (int j = 0; j < sum.length; j++) {
            sum[j] += weight * vector[j];
        }
    }
}
