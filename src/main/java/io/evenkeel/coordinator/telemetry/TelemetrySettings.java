package io.evenkeel.coordinator.telemetry;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.metrics}.
 *
 * @param refresh how often gauges are read from the database, default 5 s; 0 disables it for tests
 * @param runs the maximum number of runs with series, default 100; a run has about a hundred series
 * @param keepFinished how long a run's series stay once it is over, default 15 min, so that its end is scraped and
 *     alerts on it fire
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
