package io.evenkeel.coordinator.security;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel}.
 *
 * @param operatorToken the operator's bearer token, at least 32 characters; if absent or empty, one is generated at the first
 *     start and printed once
 * @param deviceCache how long devices' entries are remembered between two look-ups
 */
@ConfigurationProperties("evenkeel")
public record SecuritySettings(
        @Nullable String operatorToken, @DefaultValue DeviceCache deviceCache) {

    private static final int SHORTEST_TOKEN = 32;

    /**
     * Takes an empty token for none.
     *
     * @throws IllegalArgumentException if an operator token is set that is too short, or has characters a header cannot carry
     */
    public SecuritySettings {
        if (operatorToken != null && operatorToken.isBlank()) {
            operatorToken = null;
        }
        if (operatorToken != null && !operatorToken.matches("[A-Za-z0-9._~+/=-]{" + SHORTEST_TOKEN + ",}")) {
            throw new IllegalArgumentException("evenkeel.operator-token has " + operatorToken.length()
                    + " characters or some that a header cannot carry: set at least " + SHORTEST_TOKEN
                    + " out of A-Z a-z 0-9 . _ ~ + / = -, such as the output of 'openssl rand -hex 32', or leave it out to"
                    + " have one generated");
        }
    }

    /** Leaves the token out, as a record's text is sometimes logged. */
    @Override
    public String toString() {
        return "SecuritySettings[operatorToken=" + (operatorToken == null ? "none" : "set") + ", deviceCache="
                + deviceCache + "]";
    }

    /**
     * How long and how many devices' entries are remembered.
     *
     * @param expiry how old an entry may grow, default 10 seconds: the longest a client revoked on another replica goes on
     * @param size how many devices are remembered, default 10,000, about 3 MB
     */
    public record DeviceCache(
            @DefaultValue("10s") Duration expiry,
            @DefaultValue("10000") int size) {}
}
