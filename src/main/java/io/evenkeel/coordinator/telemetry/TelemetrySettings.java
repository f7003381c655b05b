package io.evenkeel.coordinator.telemetry;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.metrics}.
 *
 * @param refresh how often gauges are read from the database, default 5 s; 0 for never, which leaves it to tests
 * @param runs how many runs have series at most, default 100; one has about a hundred
 * @param keepFinished how long a run's series stay once it is over, default 15 min, so that its end is scraped and alerts on it fire
 */
@ConfigurationProperties("evenkeel.metrics")
record TelemetrySettings(
        @DefaultValue("5s") Duration refresh,
        @DefaultValue("100") int runs,
        @DefaultValue("15m") Duration keepFinished) {

    TelemetrySettings {
        require("metrics.refresh", !refresh.isNegative(), refresh, "0 or more, such as 5s");
        require("metrics.runs", runs >= 0, runs, "0 or more");
        require("metrics.keep-finished", !keepFinished.isNegative(), keepFinished, "0 or more, such as 15m");
    }
}
