package io.evenkeel.coordinator.platform.http;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings under {@code evenkeel.management}.
 *
 * @param port the separate port of metrics and health, 0 for any free one; by default they are served on the
 *     main port. Plain HTTP, so keep it within the cluster
 * @param address the port's address, default all
 */
@ConfigurationProperties("evenkeel.management")
public record ManagementSettings(
        @Nullable Integer port, @Nullable InetAddress address) {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if the port is not one
     */
    public ManagementSettings {
        if (port != null) {
            require("management.port", port >= 0 && port <= 65_535, port, "0 to 65535");
        }
    }
}
