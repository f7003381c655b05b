package io.evenkeel.coordinator.webhook;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.webhooks}.
 *
 * @param poll how often the database is queried for due deliveries, default 1 s; 0 disables sending
 * @param timeout the maximum time of an attempt, default 10 s, at most 60 s
 * @param attempts the maximum number of attempts of a delivery, default 10: about a day
 * @param retention how long deliveries are kept, default 30 days
 * @param maximum the maximum number of webhooks, default 100
 * @param allowPrivateAddresses whether webhooks may use loopback, private, link-local and other addresses that are not
 *     public, default false
 */
@ConfigurationProperties("evenkeel.webhooks")
record WebhookSettings(
        @DefaultValue("1s") Duration poll,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("10") int attempts,
        @DefaultValue("30d") Duration retention,
        @DefaultValue("100") int maximum,
        @DefaultValue("false") boolean allowPrivateAddresses) {

    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);

    WebhookSettings {
        require("webhooks.poll", !poll.isNegative(), poll, "0 or more, such as 1s");
        require(
                "webhooks.timeout",
                timeout.toMillis() >= 1 && timeout.compareTo(MAX_TIMEOUT) <= 0,
                timeout,
                "above 0 and at most 60s");
        require("webhooks.attempts", attempts >= 1 && attempts <= 100, attempts, "1 to 100");
        require("webhooks.retention", !retention.isNegative(), retention, "0 or more, such as 30d");
        require("webhooks.maximum", maximum >= 0, maximum, "0 or more");
    }
}
