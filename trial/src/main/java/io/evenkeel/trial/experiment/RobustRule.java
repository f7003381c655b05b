package io.evenkeel.trial.experiment;

import io.evenkeel.core.robust.MemberVectorSource;
import io.evenkeel.core.robust.NormClipping;
import java.util.List;

/** Computes the sum S from the clients' vectors g_i so that a minority of them cannot determine it. */
public sealed interface RobustRule permits RobustRule.Clipped, TrimmedMean {

    /**
     * Reads {@code clip:FACTOR} or {@code trim:SHARE}.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    static RobustRule parse(String text) {
        return text.startsWith(TrimmedMean.NAME) ? TrimmedMean.parse(text) : new Clipped(NormClipping.parse(text));
    }

    /**
     * Computes the sum.
     *
     * @param vectors each client's g_i, d values
     * @param weights w_i, one for each vector
     * @param sum d values, which are overwritten
     */
    void sum(List<double[]> vectors, double[] weights, double[] sum);

    /** Returns the form that {@link #parse} reads. */
    String text();

    /**
     * Bounds each client's vector by the median of their norms, as a coordinator does.
     *
     * @param clipping the bound
     */
    record Clipped(NormClipping clipping) implements RobustRule {

        @Override
        public void sum(List<double[]> vectors, double[] weights, double[] sum) {
            clipping.sum(MemberVectorSource.of(vectors, weights), sum);
        }

        @Override
        public String text() {
            return clipping.text();
        }
    }
}
