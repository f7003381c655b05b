package io.evenkeel.trial.experiment;

import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.PrivacyMechanism;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * An arm's differential privacy: a mechanism such as {@code smoothed:1:1:20}, followed by the suffix of a
 * {@link Noise}.
 *
 * @param mechanism the bound on messages, and the noise
 * @param noise the party that adds the noise, and the state that includes it
 */
public record ArmPrivacy(PrivacyMechanism mechanism, Noise noise) {

    /** The delta for which epsilon is stated. */
    public static final double DELTA = 1e-6;

    /** The defaults of a run's {@code secureAggregation}. */
    private static final double COLLUSION = 0.05;

    private static final double DROPOUT = 0.1;
    private static final int SMALLEST_SUM = 3;

    /** The party that adds the noise, and the state that includes it. */
    public enum Noise {

        /** Each client adds noise to its message, and g_i includes that noise. */
        FED_BACK(""),

        /**
         * Each client adds noise to its message, but g_i does not include that noise; g_i and the
         * coordinator's sum drift apart, as in arXiv 2502.13482.
         */
        NOT_FED_BACK("+not-fed-back"),

        BY_COORDINATOR("+by-coordinator"),

        /**
         * Each client adds a share of the noise to the words of its message, as with secure aggregation; g_i
         * does not include it.
         */
        IN_SHARES("+in-shares");

        private final String suffix;

        Noise(String suffix) {
            this.suffix = suffix;
        }
    }

    /**
     * Parses a text form.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    public static ArmPrivacy parse(String text) {
        Noise noise = Arrays.stream(Noise.values())
                .filter(each -> each != Noise.FED_BACK && text.endsWith(each.suffix))
                .findFirst()
                .orElse(Noise.FED_BACK);
        String mechanism = text.substring(0, text.length() - noise.suffix.length());
        return new ArmPrivacy(PrivacyMechanism.parse(mechanism), noise);
    }

    ArmPrivacy withNoise(double multiplier) {
        return new ArmPrivacy(PrivacyMechanism.of(mechanism.normalization(), mechanism.bound(), multiplier), noise);
    }

    /**
     * Returns the minimum number of clients in a sum with noise in shares: those that remain after the default number
     * of drop-outs.
     */
    public static int fewestInSum(int participants) {
        return (int) Math.ceil((1 - DROPOUT) * participants);
    }

    /**
     * Returns the noise in shares for rounds with the given number of participants. As in a run with this
     * {@code participants.max} and a {@code participants.min} of {@link #fewestInSum}, the noise of devices
     * that may drop out or collude is not counted.
     *
     * @throws IllegalArgumentException if there are too few participants, or the bound is too large for 32 bits
     */
    public CohortNoise shares(int participants, int dimension) {
        int fewest = fewestInSum(participants);
        Check.that(
                fewest >= SMALLEST_SUM,
                "privacy +in-shares has rounds of " + participants + " clients, expected at least " + SMALLEST_SUM
                        + ": raise fleet.clients or fleet.participation");
        int exponent = CohortNoise.finestExponent(mechanism, fewest, participants, COLLUSION, dimension);
        try {
            return CohortNoise.of(mechanism, exponent, fewest, participants, COLLUSION, dimension);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("privacy +in-shares: the exponent " + e.getMessage(), e);
        }
    }

    /**
     * Returns the epsilon of a client's messages for {@link #DELTA}.
     *
     * @param messages the number of messages that the client has sent
     * @param participants the number of clients that send in a round
     */
    public double epsilon(int messages, int participants, int dimension) {
        return noise == Noise.IN_SHARES
                ? shares(participants, dimension).epsilon(messages, DELTA)
                : mechanism.epsilon(messages, DELTA);
    }

    /** Returns the privacy of a run's definition, without a limit on epsilon. */
    public Map<String, Object> definition() {
        return Map.of(
                "by",
                (noise == Noise.BY_COORDINATOR ? NoiseAdder.COORDINATOR : NoiseAdder.DEVICE).text(),
                "normalization",
                mechanism.normalization().toString(),
                "bound",
                mechanism.bound(),
                "noiseMultiplier",
                mechanism.noiseMultiplier(),
                "budget",
                Map.of("delta", DELTA));
    }

    /**
     * Returns the {@code secureAggregation} of a run's definition with noise in shares, without a rebase in the run.
     *
     * @param owner the public key of the devices' owner, base64
     * @param rounds the number of rounds of the run
     */
    public static Map<String, Object> secureAggregation(String owner, int rounds) {
        return Map.of("owners", List.of(owner), "dropout", DROPOUT, "collusion", COLLUSION, "rebaseEvery", rounds + 1);
    }

    @Override
    public String toString() {
        return mechanism + noise.suffix;
    }
}
