package io.evenkeel.core.privacy;

import io.evenkeel.core.compress.ReleaseMechanism;
import java.math.BigDecimal;

/**
 * The noise of a run with privacy and secure aggregation. Each device adds a share of it to its words before masking
 * them. Only the sum is read, so the honest devices' shares add up to as much noise as a trusted coordinator
 * would add (Kairouz, Liu, Steinke, "The distributed discrete Gaussian mechanism for federated learning with
 * secure aggregation", ICML 2021). Immutable.
 *
 * <p>A share is a discrete Gaussian of the parameter {@code s} with
 * {@code honest * s^2 >= (noiseMultiplier * B)^2} for a bound of B steps. Messages lie on the grid of the
 * sum's fixed point, within the bound, and the noise is added modulo 2^32. Error feedback uses the message
 * without noise, so rounds compose.
 *
 * @param mechanism the bound of messages, and the noise of a sum
 * @param grid the steps of the fixed point; its deviation is that of one share
 * @param honest the minimum number of devices in a sum that do not collude
 * @param correction tau: the probabilities of a sum of shares differ by a factor of at most e^tau from those of a
 *     discrete Gaussian, in all coordinates together
 */
public record CohortNoise(PrivacyMechanism mechanism, NoiseGrid grid, int honest, double correction) {

    private static final int LOWEST_EXPONENT = -40;
    private static final int MIN_DEVIATION = 3;
    private static final double LOG_2 = 0.6931471805599453;
    private static final int WRAP_BITS = 41;
    private static final double TAU_FACTOR = 10;

    /**
     * Returns the noise of a run.
     *
     * @param exponent the unit of the sum's fixed point is 2^exponent
     * @param minMembers the minimum number of members in a sum
     * @param maxMembers the maximum number of members in a cohort
     * @param collusion the share of a cohort's members that may collude with the coordinator
     * @param dimension the number of coordinates d; a message may have fewer
     * @throws IllegalArgumentException if the unit is too coarse or too fine, or all members may collude; the message
     *     says what to change
     */
    public static CohortNoise of(
            PrivacyMechanism mechanism, int exponent, int minMembers, int maxMembers, double collusion, int dimension) {
        int honest = honest(minMembers, maxMembers, collusion);
        long bound = bound(mechanism, exponent);
        long deviation = deviation(mechanism.noiseMultiplier(), bound, honest);
        if (bound < 1 || deviation < MIN_DEVIATION) {
            throw new IllegalArgumentException("is " + exponent + ", which makes privacy.bound " + bound
                    + " steps and the noise of a device " + deviation + ", expected at least " + MIN_DEVIATION
                    + " steps of noise: lower it, or raise privacy.noiseMultiplier");
        }
        if (!hasRoom(bound, deviation, maxMembers, dimension)) {
            throw new IllegalArgumentException(
                    "is " + exponent + ", which makes privacy.bound " + bound + " steps and the noise of a device "
                            + deviation + ": the sum of " + maxMembers
                            + " messages and their noise does not fit into 32 bits; raise it, or lower privacy.bound or"
                            + " privacy.noiseMultiplier");
        }
        double tau = dimension * correction((double) deviation * deviation, honest);
        return new CohortNoise(mechanism, new NoiseGrid(exponent, bound, deviation, bound), honest, tau);
    }

    /**
     * Returns the minimum number of members of a sum that do not collude: all colluding members of the largest cohort
     * may be in the smallest sum.
     *
     * @throws IllegalArgumentException if it is zero
     */
    public static int honest(int minMembers, int maxMembers, double collusion) {
        int colluding = (int) Math.ceil(collusion * maxMembers);
        if (minMembers <= colluding) {
            throw new IllegalArgumentException("is " + collusion + ", so " + colluding + " of " + maxMembers
                    + " members may collude, and a sum of participants.min, which is " + minMembers
                    + ", may have no noise that is unknown to them: lower it, or raise participants.min");
        }
        return minMembers - colluding;
    }

    /** Returns the finest unit whose sums have room for the messages and their noise; 0 if there is none. */
    public static int finestExponent(
            PrivacyMechanism mechanism, int minMembers, int maxMembers, double collusion, int dimension) {
        int honest = honest(minMembers, maxMembers, collusion);
        for (int exponent = LOWEST_EXPONENT; exponent < 0; exponent++) {
            long bound = bound(mechanism, exponent);
            if (hasRoom(bound, deviation(mechanism.noiseMultiplier(), bound, honest), maxMembers, dimension)) {
                return exponent;
            }
        }
        return 0;
    }

    /** Returns the bound in steps, rounded down; at most 2^31, which is too large for any sum. */
    private static long bound(PrivacyMechanism mechanism, int exponent) {
        return (long) Math.min(0x1p31, Math.scalb(mechanism.bound(), -exponent));
    }

    /**
     * Returns the smallest integer s with honest s^2 >= (noiseMultiplier bound)^2. If s is too large to be sampled,
     * returns any integer that is too large.
     */
    private static long deviation(double noiseMultiplier, long bound, int honest) {
        BigDecimal sum = new BigDecimal(noiseMultiplier).multiply(BigDecimal.valueOf(bound));
        BigDecimal variance = sum.multiply(sum);
        long below = 0;
        long enough = DiscreteGaussian.LARGEST_DEVIATION + 1;
        while (enough - below > 1) {
            long middle = (below + enough) >>> 1;
            if (BigDecimal.valueOf(middle * middle)
                            .multiply(BigDecimal.valueOf(honest))
                            .compareTo(variance)
                    >= 0) {
                enough = middle;
            } else {
                below = middle;
            }
        }
        return enough;
    }

    /**
     * Returns whether no coordinate of a sum wraps around, except with a probability of 2^-40. A sum of
     * discrete Gaussians is subgaussian: it exceeds t with a probability of at most
     * {@code 2 exp(-t^2 / (2 n s^2))}.
     */
    private static boolean hasRoom(long bound, long deviation, int members, int dimension) {
        double tail = deviation * Math.sqrt(2.0 * members * (WRAP_BITS * LOG_2 + StrictMath.log(dimension)));
        return deviation <= DiscreteGaussian.LARGEST_DEVIATION && (double) members * bound + tail <= Integer.MAX_VALUE;
    }

    /**
     * Returns tau of one coordinate for a number of shares with a variance of at least 1/2 (Kairouz, Liu,
     * Steinke 2021, Theorem 1).
     */
    static double correction(double variance, int shares) {
        double sum = 0;
        for (int k = 1; k < shares; k++) {
            sum += StrictMath.exp(-2 * Math.PI * Math.PI * variance * k / (k + 1));
        }
        return TAU_FACTOR * sum;
    }

    /** Returns the mechanism that bounds a message and rounds it to the grid, before noise is added to its words. */
    public ReleaseMechanism withoutNoise() {
        return new GaussianRelease(mechanism, grid, NoiseSource.SILENT);
    }

    /**
     * Adds a device's share to the words of its message, modulo 2^32.
     *
     * @param count the number of words that are values; the words after them get no noise
     * @param source the noise source, which is called once; its samples must be independent of those of other
     *     messages
     */
    public void add(int[] words, int count, NoiseSource source) {
        long[] drawn = new long[count];
        source.sample(grid.deviation(), drawn);
        for (int j = 0; j < count; j++) {
            words[j] += (int) drawn[j];
            drawn[j] = 0;
        }
    }

    /** Returns the privacy cost of one sum for a device whose message is in it. */
    public PrivacyCost cost() {
        return PrivacyCost.of(mechanism.multiplier(), correction);
    }

    /** Returns the epsilon of a device after a number of sums with its messages. */
    public double epsilon(long messages, double delta) {
        return RenyiAccountant.epsilon(mechanism.multiplier(), messages, delta, correction);
    }

    /** Returns the number of messages that stay within a budget. */
    public int messages(double epsilon, double delta) {
        return RenyiAccountant.releases(mechanism.multiplier(), epsilon, delta, correction);
    }
}
