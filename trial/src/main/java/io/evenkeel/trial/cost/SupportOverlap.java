package io.evenkeel.trial.cost;

import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Computes the share of the model's coordinates that a round changes: the union of the coordinates in its messages.
 * <p>The supports of messages are similar, because clients train one model, but not equal. This is modelled with one
 * parameter, the correlation rho of the clients' scores: client i scores coordinate j with sqrt(rho) z_j + sqrt(1 -
 * rho) e_ij, both normal and independent, and sends it if the score is among the largest share p. Given z, a
 * message contains a coordinate with probability q = Phi((sqrt(rho) z - t) / sqrt(1 - rho)), where Phi(-t) =
 * p, so that the union of n messages is 1 - E[(1 - q)^n]. With rho = 0 supports are independent; with rho = 1
 * they are equal. A trial gives p and the union for its own n, which determine rho.
 *
 * @param share p, above 0 and at most 1
 * @param correlation rho, at least 0 and below 1
 */
record SupportOverlap(double share, double correlation) {

    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
    private static final double LARGEST = 0.9999;
    private static final int HALVINGS = 40;
    private static final double TAIL = 8;
    private static final double SPACING = 1.0 / 16;

    /**
     * Fits the correlation to a measured union. A union larger than that of independent supports counts as independent.
     *
     * @param share the share of the coordinates in a message
     * @param messages the number of messages in a round
     * @param union the share of the coordinates that the round changed
     */
    static SupportOverlap fitted(double share, double messages, double union) {
        double low = 0;
        double high = LARGEST;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (new SupportOverlap(share, middle).union(messages) > union) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return new SupportOverlap(share, low);
    }

    /** Returns the expected union of the supports of a number of messages, as a share of the coordinates. */
    double union(double messages) {
        if (share >= 1) {
            return 1;
        }
        double threshold = -NORMAL.inverseCumulativeProbability(share);
        double common = StrictMath.sqrt(correlation);
        double own = StrictMath.sqrt(1 - correlation);
        double absent = 0;
        double weights = 0;
        for (double z = -TAIL; z <= TAIL; z += SPACING) {
            double weight = StrictMath.exp(-z * z / 2);
            double sent = NORMAL.cumulativeProbability((common * z - threshold) / own);
            absent += weight * StrictMath.exp(messages * StrictMath.log1p(-Math.min(sent, 1 - 1e-16)));
            weights += weight;
        }
        return 1 - absent / weights;
    }
}
