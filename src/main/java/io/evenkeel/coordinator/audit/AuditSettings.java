package io.evenkeel.coordinator.audit;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.audit}.
 *
 * @param retention how long entries are kept, default 400 days
 */
@ConfigurationProperties("evenkeel.audit")
public record AuditSettings(@DefaultValue("400d") Duration retention) {

    /**
     * Checks the setting.
     *
     * @throws IllegalArgumentException if it is less than a day
     */
    public AuditSettings {
        require("audit.retention", retention.toDays() >= 1, retention, "a day or more, such as 400d");
    }
}
