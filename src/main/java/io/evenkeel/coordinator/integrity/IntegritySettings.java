package io.evenkeel.coordinator.integrity;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.integrity}.
 *
 * @param checkEvery how often each run is checked against its hash chain in the background, default 1 day; 0 disables
 *     it
 */
@ConfigurationProperties("evenkeel.integrity")
record IntegritySettings(@DefaultValue("1d") Duration checkEvery) {

    IntegritySettings {
        require("integrity.check-every", !checkEvery.isNegative(), checkEvery, "0 or more, such as 1d");
    }
}
