package io.evenkeel.core.privacy;

/**
 * The privacy cost of a device's noisy releases: their Rényi divergence of order alpha is {@code alpha rho},
 * and {@code correction} is the total deviation of their noise from a discrete Gaussian. Costs of releases
 * about the same data add up, even with different noise.
 *
 * @param rho at least 0
 * @param correction at least 0, see {@link CohortNoise#correction}
 */
public record PrivacyCost(double rho, double correction) {

    /** No release. */
    public static final PrivacyCost NONE = new PrivacyCost(0, 0);

    /** Checks the ranges. */
    public PrivacyCost {
        if (!(rho >= 0 && correction >= 0 && rho < Double.POSITIVE_INFINITY && correction < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "rho is " + rho + " and the correction " + correction + ", expected finite numbers of at least 0");
        }
    }

    /** Returns the cost of one release with a noise multiplier above 0. */
    static PrivacyCost of(double multiplier, double correction) {
        return new PrivacyCost(1 / (2 * multiplier * multiplier), correction);
    }

    /** Returns the cost of both together. */
    public PrivacyCost plus(PrivacyCost other) {
        return new PrivacyCost(rho + other.rho, correction + other.correction);
    }

    /** Returns the cost of a number of such releases. */
    public PrivacyCost times(long releases) {
        return new PrivacyCost(releases * rho, releases * correction);
    }

    /**
     * Returns epsilon.
     *
     * @param delta in (0, 1)
     */
    public double epsilon(double delta) {
        return RenyiAccountant.epsilon(this, delta);
    }
}
