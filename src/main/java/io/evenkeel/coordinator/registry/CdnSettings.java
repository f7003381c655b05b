package io.evenkeel.coordinator.registry;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.cdn}: signed addresses at which a CDN serves the files of versions.
 *
 * @param url the CDN's address, such as https://cdn.example; default none, so no address is signed
 * @param key the secret that signs addresses, at least 32 characters, the same for all replicas
 * @param expiry the minimum time that an address is valid, default a day; it is valid for at most twice this time
 */
@ConfigurationProperties("evenkeel.cdn")
record CdnSettings(
        @Nullable URI url,
        @Nullable String key,
        @DefaultValue("1d") Duration expiry) {

    private static final int MIN_KEY_LENGTH = 32;

    /**
     * Checks the settings; treats an empty address as none.
     *
     * @throws IllegalArgumentException if a setting is missing or not allowed
     */
    CdnSettings {
        url = url == null || url.toString().isBlank() ? null : url;
        if (url != null) {
            require(
                    "cdn.url",
                    url.getHost() != null && url.getQuery() == null && url.getFragment() == null,
                    url,
                    "an address without a query, such as https://cdn.example");
        }
        if (url != null && (key == null || key.length() < MIN_KEY_LENGTH)) {
            throw new IllegalArgumentException("evenkeel.cdn.key has " + (key == null ? 0 : key.length())
                    + " characters, expected at least " + MIN_KEY_LENGTH
                    + ", such as the output of 'openssl rand -hex 32', because evenkeel.cdn.url is set");
        }
        require("cdn.expiry", expiry.toMinutes() >= 1, expiry, "a minute or more, such as 1d");
    }

    /** Returns the settings without the key, since they may be logged. */
    @Override
    public String toString() {
        return "CdnSettings[url=" + url + ", expiry=" + expiry + "]";
    }
}
