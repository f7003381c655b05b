package io.evenkeel.trial.experiment;

import io.evenkeel.core.privacy.GaussianMechanism;

/**
 * An arm's differential privacy: {@code MECHANISM}, such as {@code smoothed:1:1:20}, or {@code MECHANISM+not-fed-back}.
 *
 * @param mechanism what clients do to their messages
 * @param fedBack whether g_i takes in the noise; without, g_i and the coordinator's sum drift apart, as in arXiv 2502.13482
 */
public record ArmPrivacy(GaussianMechanism mechanism, boolean fedBack) {

    private static final String APART = "+not-fed-back";

    /**
     * Parses a text form.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ArmPrivacy parse(String text) {
        boolean apart = text.endsWith(APART);
        String mechanism = apart ? text.substring(0, text.length() - APART.length()) : text;
        return new ArmPrivacy(GaussianMechanism.parse(mechanism), !apart);
    }

    /** Returns the same with another noise multiplier. */
    ArmPrivacy withNoise(double multiplier) {
        return new ArmPrivacy(new GaussianMechanism(mechanism.normalization(), mechanism.bound(), multiplier), fedBack);
    }

    @Override
    public String toString() {
        return mechanism + (fedBack ? "" : APART);
    }
}
