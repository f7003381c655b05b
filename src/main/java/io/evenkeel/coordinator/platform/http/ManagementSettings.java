package io.evenkeel.coordinator.platform.http;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings under {@code evenkeel.management}.
 *
 * @param port where metrics and health are served, and nothing else; 0 for any that is free. None by default: then they are served
 *     where everything is. Plain HTTP, so keep it within the cluster
 * @param address the address of that port: default all
 */
@ConfigurationProperties("evenkeel.management")
public record ManagementSettings(
        @Nullable Integer port, @Nullable InetAddress address) {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if the port is none
     */
    public ManagementSettings {
        if (port != null && (port < 0 || port > 65_535)) {
            throw new IllegalArgumentException("evenkeel.management.port is " + port + ", expected 0 to 65535");
        }
    }
}
