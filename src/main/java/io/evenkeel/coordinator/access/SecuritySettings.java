package io.evenkeel.coordinator.access;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel}.
 *
 * @param operatorToken the first operator's bearer token, at least 32 characters; if absent or empty, one is generated at the
 *     first start and printed once
 * @param viewerToken the first viewer's bearer token, at least 32 characters; if absent or empty, there is none
 * @param deviceCertificates whether devices are known by their client certificates, default off
 * @param deviceCache how long devices' entries are remembered between two look-ups
 */
@ConfigurationProperties("evenkeel")
public record SecuritySettings(
        @Nullable String operatorToken,
        @Nullable String viewerToken,
        @DefaultValue("off") DeviceCertificates deviceCertificates,
        @DefaultValue DeviceCache deviceCache) {

    private static final int SHORTEST_TOKEN = 32;

    /**
     * Takes an empty token for none.
     *
     * @throws IllegalArgumentException if a token is set that is too short, has characters a header cannot carry, or if both are
     *     the same
     */
    public SecuritySettings {
        operatorToken = checked("operator-token", operatorToken);
        viewerToken = checked("viewer-token", viewerToken);
        if (viewerToken != null && viewerToken.equals(operatorToken)) {
            throw new IllegalArgumentException(
                    "evenkeel.viewer-token is the same as evenkeel.operator-token: set another, as it is to allow less");
        }
    }

    private static @Nullable String checked(String property, @Nullable String token) {
        if (token == null || token.isBlank()) {
            return null;
        }
        if (!token.matches("[A-Za-z0-9._~+/=-]{" + SHORTEST_TOKEN + ",}")) {
            throw new IllegalArgumentException("evenkeel." + property + " has " + token.length()
                    + " characters or some that a header cannot carry: set at least " + SHORTEST_TOKEN
                    + " out of A-Z a-z 0-9 . _ ~ + / = -, such as the output of 'openssl rand -hex 32', or leave it out"
                    + (property.startsWith("operator") ? " to have one generated" : ""));
        }
        return token;
    }

    /** Leaves the tokens out, as a record's text is sometimes logged. */
    @Override
    public String toString() {
        return "SecuritySettings[operatorToken=" + (operatorToken == null ? "none" : "set") + ", viewerToken="
                + (viewerToken == null ? "none" : "set") + ", deviceCertificates=" + deviceCertificates
                + ", deviceCache="
                + deviceCache + "]";
    }

    /** What client certificates are worth; the server must ask for them with {@code server.ssl.client-auth}. */
    public enum DeviceCertificates {
        /** They are not looked at. */
        OFF,

        /** A device that enrolls with one is known by it from then on, with or without its secret, and never without it. */
        ALLOWED,

        /** The same, and a device without one can neither enrol nor do anything else. */
        REQUIRED
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
