package io.evenkeel.trial.experiment;

import io.evenkeel.core.privacy.GaussianMechanism;
import io.evenkeel.core.privacy.NoiseAdder;
import java.util.Map;

/**
 * An arm's differential privacy: {@code MECHANISM}, such as {@code smoothed:1:1:20}, for noise of the clients, which g_i takes in;
 * {@code MECHANISM+not-fed-back} if it does not; or {@code MECHANISM+by-coordinator} for noise on the sum.
 *
 * @param mechanism the bound of messages, and the noise
 * @param by who adds the noise
 * @param fedBack whether g_i takes in the noise; without, g_i and the coordinator's sum drift apart, as in arXiv 2502.13482
 */
public record ArmPrivacy(GaussianMechanism mechanism, NoiseAdder by, boolean fedBack) {

    /** Only the epsilon that the run reports depends on it. */
    private static final double DELTA = 1e-6;

    private static final String APART = "+not-fed-back";
    private static final String CENTRAL = "+by-coordinator";

    /**
     * Parses a text form.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ArmPrivacy parse(String text) {
        boolean central = text.endsWith(CENTRAL);
        boolean apart = text.endsWith(APART);
        int suffix = central ? CENTRAL.length() : apart ? APART.length() : 0;
        GaussianMechanism mechanism = GaussianMechanism.parse(text.substring(0, text.length() - suffix));
        return new ArmPrivacy(mechanism, central ? NoiseAdder.COORDINATOR : NoiseAdder.DEVICE, suffix == 0);
    }

    /** Returns the same with another noise multiplier. */
    ArmPrivacy withNoise(double multiplier) {
        return new ArmPrivacy(
                new GaussianMechanism(mechanism.normalization(), mechanism.bound(), multiplier), by, fedBack);
    }

    /** Returns the privacy of a run's definition, without a limit on epsilon. */
    public Map<String, Object> definition() {
        return Map.of(
                "by",
                by.text(),
                "normalization",
                mechanism.normalization().toString(),
                "bound",
                mechanism.bound(),
                "noiseMultiplier",
                mechanism.noiseMultiplier(),
                "budget",
                Map.of("delta", DELTA));
    }

    @Override
    public String toString() {
        return mechanism + (by == NoiseAdder.COORDINATOR ? CENTRAL : fedBack ? "" : APART);
    }
}
