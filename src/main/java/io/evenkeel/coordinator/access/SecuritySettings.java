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
 * @param deviceCertificates whether devices are identified by client certificates, default off
 * @param deviceCache the cache of devices' entries
 */
@ConfigurationProperties("evenkeel")
public record SecuritySettings(
        @Nullable String operatorToken,
        @Nullable String viewerToken,
        @DefaultValue("off") DeviceCertificates deviceCertificates,
        @DefaultValue DeviceCache deviceCache) {

    private static final int MIN_TOKEN_LENGTH = 32;

    /**
     * Checks the settings; treats an empty token as none.
     *
     * @throws IllegalArgumentException if a token is too short or has characters that a header may not
     *     contain, or if both tokens are the same
     */
    public SecuritySettings {
        operatorToken = checked("operator-token", operatorToken);
        viewerToken = checked("viewer-token", viewerToken);
        if (viewerToken != null && viewerToken.equals(operatorToken)) {
            throw new IllegalArgumentException(
                    "evenkeel.viewer-token is the same as evenkeel.operator-token: set a different one");
        }
    }

    private static @Nullable String checked(String property, @Nullable String token) {
        if (token == null || token.isBlank()) {
            return null;
        }
        if (!token.matches("[A-Za-z0-9._~+/=-]{" + MIN_TOKEN_LENGTH + ",}")) {
            throw new IllegalArgumentException("evenkeel." + property + " has " + token.length()
                    + " characters, or characters that are not allowed in a header: set at least " + MIN_TOKEN_LENGTH
                    + " of A-Z a-z 0-9 . _ ~ + / = -, such as the output of 'openssl rand -hex 32', or leave it out"
                    + (property.startsWith("operator") ? " to have one generated" : ""));
        }
        return token;
    }

    /** Returns the settings without the tokens, since they may be logged. */
    @Override
    public String toString() {
        return "SecuritySettings[operatorToken=" + (operatorToken == null ? "none" : "set") + ", viewerToken="
                + (viewerToken == null ? "none" : "set") + ", deviceCertificates=" + deviceCertificates
                + ", deviceCache="
                + deviceCache + "]";
    }

    /** The use of client certificates; the server must request them with {@code server.ssl.client-auth}. */
    public enum DeviceCertificates {
        /** Certificates are ignored. */
        OFF,

        /**
         * A device that enrols with a certificate is identified by it, with or without its secret, and is
         * refused without the certificate.
         */
        ALLOWED,

        /** Like {@link #ALLOWED}, but devices without a certificate are refused. */
        REQUIRED
    }

    /**
     * Settings of the cache of devices' entries.
     *
     * @param expiry the maximum age of an entry, default 10 seconds; a client revoked on another replica is accepted that long
     * @param size the maximum number of entries, default 10,000, about 3 MB
     */
    public record DeviceCache(
            @DefaultValue("10s") Duration expiry,
            @DefaultValue("10000") int size) {}
}
