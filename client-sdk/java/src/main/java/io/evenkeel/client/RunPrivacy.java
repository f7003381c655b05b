package io.evenkeel.client;

import io.evenkeel.core.privacy.GaussianMechanism;
import io.evenkeel.core.privacy.RenyiAccountant;
import org.jspecify.annotations.Nullable;

/**
 * A run's differential privacy. The device adds the noise, so it need not trust the coordinator. What is protected is its whole data:
 * messages of data that were replaced by any other are nearly as likely.
 *
 * @param mechanism what is done to a message, in its text form {@code <normalization>:<bound>:<noise multiplier>}
 * @param delta the probability for which epsilon is stated
 * @param epsilon what a device may spend; null for no limit
 * @param maxMessages how many messages it may send for that; {@link Integer#MAX_VALUE} for no limit
 */
public record RunPrivacy(
        String mechanism, double delta, @Nullable Double epsilon, int maxMessages) {

    /**
     * Returns the epsilon that a device has spent after so many messages, accepted or not.
     *
     * @throws IllegalArgumentException if the mechanism is not one that this version knows
     */
    public double epsilonAfter(long messages) {
        return RenyiAccountant.epsilon(GaussianMechanism.parse(mechanism).multiplier(), messages, delta);
    }

    /** Returns how many messages stay within the run's budget and this device's own limit, by its own computation. */
    int allowedMessages(@Nullable PrivacyLimit own) {
        int within = own == null ? Integer.MAX_VALUE : releases(own.epsilon(), own.delta());
        int planned = epsilon == null ? maxMessages : Math.min(maxMessages, releases(epsilon, delta));
        return Math.min(planned, within);
    }

    private int releases(double most, double probability) {
        return RenyiAccountant.releases(GaussianMechanism.parse(mechanism).multiplier(), most, probability);
    }
}
