package io.evenkeel.coordinator.checkin;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.work}.
 *
 * @param requestsPerSecond the maximum number of check-ins a second of the whole fleet, default 300
 * @param longestPause the longest mean pause of a device that no work needs sooner, default 1 h; in a fleet that is
 *     large for the goal, pauses are longer
 * @param countEvery how often the active devices are counted, default 1 min
 * @param tick how often waiting devices are checked for changes by other replicas, default 500 ms; 0 disables it for
 *     tests
 */
@ConfigurationProperties("evenkeel.work")
record WorkSettings(
        @DefaultValue("300") double requestsPerSecond,
        @DefaultValue("1h") Duration longestPause,
        @DefaultValue("1m") Duration countEvery,
        @DefaultValue("500ms") Duration tick) {

    WorkSettings {
        require("work.requests-per-second", requestsPerSecond > 0, requestsPerSecond, "above 0, such as 300");
        require("work.longest-pause", longestPause.toMillis() >= 1000, longestPause, "1s or more, such as 1h");
        require("work.count-every", !countEvery.isNegative(), countEvery, "0 or more, such as 1m");
        require("work.tick", !tick.isNegative(), tick, "0 or more, such as 500ms");
    }
}
