package io.evenkeel.coordinator.system;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.prometheus}.
 *
 * @param url the address of a Prometheus that evaluates the alerts, such as {@code http://prometheus:9090}; absent or
 *     empty for none
 * @param timeout the maximum total time of its response, default 3 s
 */
@ConfigurationProperties("evenkeel.prometheus")
record PrometheusSettings(
        @Nullable URI url, @DefaultValue("3s") Duration timeout) {

    /**
     * Checks the address; an empty one means none.
     *
     * @throws IllegalArgumentException if its scheme is not http or https, or the timeout is not above 0
     */
    PrometheusSettings {
        if (url != null && url.toString().isEmpty()) {
            url = null;
        }
        if (url != null && !url.toString().matches("https?://[^/?#]+[^?#]*")) {
            throw new IllegalArgumentException(
                    "evenkeel.prometheus.url is '" + url + "', expected an address such as http://prometheus:9090");
        }
        require("prometheus.timeout", !timeout.isNegative() && !timeout.isZero(), timeout, "more than 0");
    }
}
