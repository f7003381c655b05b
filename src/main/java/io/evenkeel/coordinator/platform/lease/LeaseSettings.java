package io.evenkeel.coordinator.platform.lease;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.lease}.
 *
 * @param duration how long a lease lasts unless it is renewed, default 10 s, at least 300 ms: the maximum time that a
 *     run stops when the coordinator that advances it dies
 */
@ConfigurationProperties("evenkeel.lease")
record LeaseSettings(@DefaultValue("10s") Duration duration) {

    private static final Duration MIN_DURATION = Duration.ofMillis(300);

    LeaseSettings {
        require(
                "lease.duration",
                duration.compareTo(MIN_DURATION) >= 0,
                duration,
                MIN_DURATION + " or more, such as 10s");
    }
}
