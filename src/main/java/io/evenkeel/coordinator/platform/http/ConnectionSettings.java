package io.evenkeel.coordinator.platform.http;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.connections}.
 *
 * @param perAddress the maximum number of connections of one address, 0 for no limit; by default three
 *     quarters of {@code server.tomcat.max-connections}, and no limit behind a proxy
 *     ({@code server.forward-headers-strategy}), whose connections all come from its own address
 * @param headerTimeout the maximum time for the headers of a request, from their first byte, and for a TLS handshake:
 *     default 20 seconds
 */
@ConfigurationProperties("evenkeel.connections")
record ConnectionSettings(
        @Nullable Integer perAddress, @DefaultValue("20s") Duration headerTimeout) {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if the limit is negative or the timeout is not positive
     */
    ConnectionSettings {
        if (perAddress != null) {
            require("connections.per-address", perAddress >= 0, perAddress, "0 (no limit) or more");
        }
        require(
                "connections.header-timeout",
                !headerTimeout.isNegative() && !headerTimeout.isZero(),
                headerTimeout,
                "more than 0, such as 20s");
    }

    /** Returns the limit of an address, 0 for none. */
    int perAddress(int maxConnections, boolean isBehindProxy) {
        if (perAddress != null) {
            return perAddress;
        }
        return isBehindProxy ? 0 : Math.max(1, maxConnections - maxConnections / 4);
    }
}
