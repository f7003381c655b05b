package io.evenkeel.client;

import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.PrivacyMechanism;
import org.jspecify.annotations.Nullable;

/**
 * A run's differential privacy. It protects all data of the device: if the device had any other data, the
 * released values would be nearly as likely.
 *
 * @param by the party that adds the noise. If the device does, its messages are protected, and it need not
 *     trust the coordinator. If the coordinator does, it sees messages without noise, and the models are
 *     protected
 * @param shares with secure aggregation, the device's share of the noise: the sum of a cohort is protected, if no more
 *     of its members collude than the plan says; null if the run has no secure aggregation
 * @param mechanism the bound of a message and the noise, in the text form {@code <normalization>:<bound>:<noise
 *     multiplier>}
 * @param delta the probability for which epsilon is stated
 * @param epsilon the epsilon that a device may spend; null for no limit
 * @param maxMessages the number of messages that it may send within epsilon; {@link Integer#MAX_VALUE} for no limit
 */
public record RunPrivacy(
        NoiseAdder by,
        @Nullable CohortNoise shares,
        String mechanism,
        double delta,
        @Nullable Double epsilon,
        int maxMessages) {

    /**
     * Returns the epsilon that a device has spent after a number of messages, accepted or not.
     *
     * @throws IllegalArgumentException if the mechanism is not one that this version knows
     */
    public double epsilonAfter(long messages) {
        return shares == null
                ? PrivacyMechanism.parse(mechanism).epsilon(messages, delta)
                : shares.epsilon(messages, delta);
    }
}
